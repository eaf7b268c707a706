"""The messages that the code marks, and the English catalogue, read without GNU gettext (a test machine may lack it)."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from django.utils.translation.template import templatize

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "locale" / "en" / "LC_MESSAGES"
SINGLE = {"_", "lazy", "noop", "gettext", "gettext_lazy", "gettext_noop"}
PLURAL = {"ngettext", "ngettext_lazy"}
IN_CONTEXT = {"pgettext", "pgettext_lazy", "npgettext"}
QUOTED = r"""u?(?:'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")"""
CALL = re.compile(rf"\b(gettext|ngettext|pgettext|npgettext)\(({QUOTED}(?:, {QUOTED})*)")


class Entry(NamedTuple):
    """One entry of a .po file; `texts` are its forms in the other language."""

    context: str
    message: str
    plural: str
    texts: tuple[str, ...]
    fuzzy: bool


def entries(path: Path = FOLDER / "django.po") -> list[Entry]:
    """The entries of a .po file, without its header."""
    found = []
    for block in re.split(r"\n\s*\n", path.read_text("utf-8")):
        lines = block.splitlines()
        fields: dict[str, str] = {}
        name = ""
        for line in (x for x in lines if not x.startswith("#")):
            if not line.startswith('"'):
                name, _, line = line.partition(" ")
            fields[name] = fields.get(name, "") + ast.literal_eval(line)
        if fields.get("msgid"):
            texts = tuple(v for k, v in fields.items() if k.startswith("msgstr"))
            fuzzy = any(x.startswith("#,") and "fuzzy" in x for x in lines)
            found.append(
                Entry(fields.get("msgctxt", ""), fields["msgid"], fields.get("msgid_plural", ""), texts, fuzzy)
            )
    return found


def marked() -> Iterator[tuple[str, str, str]]:
    """(context, message, file) of every text that the product marks for translation."""
    for path in sorted((ROOT / "jimin").rglob("*")):
        if "tests" in path.parts or path.suffix not in (".py", ".html"):
            continue
        name = str(path.relative_to(ROOT))
        found = in_python(path) if path.suffix == ".py" else in_template(path)
        yield from ((context, message, name) for context, message in found)


def in_python(path: Path) -> Iterator[tuple[str, str]]:
    """What a module marks."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call):
            called = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            texts = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
            if texts and called in SINGLE | PLURAL:
                yield "", texts[0]
            elif len(texts) > 1 and called in IN_CONTEXT:
                yield texts[0], texts[1]
            elif len(texts) > 1 and called == "declare":  # a permission's title
                yield "", texts[1]


def in_template(path: Path) -> Iterator[tuple[str, str]]:
    """What a template marks."""
    for called, written in CALL.findall(templatize(path.read_text("utf-8"))):
        texts = ast.literal_eval(f"({written},)")
        yield (texts[0], texts[1]) if called.startswith(("p", "np")) else ("", texts[0])
