"""What is wrong in a row, joined as the reader's language does."""

from __future__ import annotations

import re

from django.utils import translation

from jimin.core.sheets import joining
from jimin.core.sheets.base import Fault

CHINESE = re.compile("[，。；：、！？]")


def test_chinese_sentences_follow_without_a_space_and_english_ones_with_one():
    assert joining.sentences("不是数", "", "请只填数字。") == "不是数。请只填数字。"
    with translation.override("en"):
        assert joining.sentences("not a number", "", "Enter digits.") == "not a number. Enter digits."
        assert joining.sentences("Stop.", "Go.", "End") == "Stop. Go. End"


def test_what_is_joined_for_an_english_page_has_no_chinese_punctuation():
    with translation.override("en"):
        fault = Fault("quantity", "x", joining.sentences("not a number", "Allowed: 1"), "D2", "Quantity")
        names = ["a", "b"]
        told = [fault.text, joining.listed(names), joining.limits(names), joining.between_quotes(names)]
        told += [joining.about("a", "b"), joining.clauses("a", "b")]
    assert not [t for t in told if CHINESE.search(t)]
    assert fault.text.endswith("not a number. Allowed: 1")
