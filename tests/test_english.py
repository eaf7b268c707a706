"""English is complete: every marked text is in the catalogue, translated, with its placeholders, and compiled."""

from __future__ import annotations

import gettext
import re
from collections import Counter
from typing import Any

import pytest

from tests.catalogue import FOLDER, Entry, entries, marked

ENTRIES = entries()
PLACE = re.compile(r"%(?:\((\w+)\))?[\d.]*[sdf]|\{(\w+)[^{}]*\}")
HAN = re.compile(r"[\u3400-\u9fff]")


def test_every_marked_text_is_in_the_catalogue_and_nothing_else() -> None:
    known = {(e.context, e.message) for e in ENTRIES}
    used = {(context, message): where for context, message, where in marked()}
    assert len(used) > 1000
    missing = [f"{where}: {message}" for (context, message), where in used.items() if (context, message) not in known]
    assert missing == [], "make messages, then translate"
    assert [message for context, message in known if (context, message) not in used] == [], "make messages"


def test_no_message_is_untranslated_or_a_guess() -> None:
    assert [e.message for e in ENTRIES if e.fuzzy or not all(t.strip() for t in e.texts)] == []


def test_a_message_with_a_plural_has_both_forms() -> None:
    assert [e.message for e in ENTRIES if len(e.texts) != (2 if e.plural else 1)] == []


def test_no_translation_keeps_chinese_characters() -> None:
    assert [e.message for e in ENTRIES if any(HAN.search(t) for t in e.texts)] == []


def places(text: str) -> tuple[Counter[str], list[str]]:
    """The named placeholders, and the unnamed ones in their order."""
    found = [(m[1] or m[2] or "", m[0]) for m in PLACE.finditer(text.replace("%%", ""))]
    return Counter(name for name, _ in found if name), [written for name, written in found if not name]


def test_every_placeholder_is_kept() -> None:
    def lost(e: Entry) -> bool:
        return any(places(t) != places(e.message) for t in e.texts)

    assert [(e.message, e.texts) for e in ENTRIES if lost(e)] == []


def test_the_compiled_catalogue_holds_the_same_texts() -> None:
    with (FOLDER / "django.mo").open("rb") as file:
        compiled: dict[Any, str] = dict(gettext.GNUTranslations(file)._catalog)  # type: ignore[attr-defined]
    compiled.pop("", None)
    expected: dict[Any, str] = {}
    for e in ENTRIES:
        key = f"{e.context}\x04{e.message}" if e.context else e.message
        expected |= {(key, n): t for n, t in enumerate(e.texts)} if e.plural else {key: e.texts[0]}
    assert compiled == expected, "make messages"


@pytest.mark.parametrize("text", ["%(n)s 件", "{n} 件", "第 %d 点"])
def test_a_lost_placeholder_is_seen(text: str) -> None:
    assert places(text) != places("items")
