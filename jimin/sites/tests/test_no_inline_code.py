"""The pages keep to the strict content security policy by themselves."""

import re
from pathlib import Path

import pytest

TEMPLATES = sorted((Path(__file__).parents[1] / "templates").rglob("*.html"))


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda f: f.name)
def test_a_template_has_no_inline_style_script_or_handler(file):
    text = file.read_text(encoding="utf-8")
    assert not re.search(r"\sstyle\s*=|<style|\son[a-z]+\s*=|javascript:", text)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", text))
    assert not re.search(r"""(?:src|href)=["'](?:https?:)?//""", text)
