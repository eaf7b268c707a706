"""A point's text → sentences with offsets; quotes that are never closed do no harm."""

from __future__ import annotations

from jimin.domains.planning.reading.characters import fold
from jimin.domains.planning.reading.model import Sentence

END_MARKS = "。！？"
LONGEST = 1500  # characters; a longer “sentence” has lost its marks and is left to a person
_CLOSERS = "”’》）"


def sentences(text: str, title_length: int = 0) -> tuple[Sentence, ...]:
    """Sentences of a text in order; the first `title_length` characters are one sentence of their own."""
    folded = fold(text)
    out: list[Sentence] = []
    start = 0
    position = 0
    while position < len(folded):
        position += 1
        at_title = position == title_length
        if folded[position - 1] not in END_MARKS and not at_title:
            continue
        while position < len(folded) and folded[position] in END_MARKS + _CLOSERS and not at_title:
            position += 1
        _add(out, text, start, position)
        start = position
    _add(out, text, start, len(text))
    return tuple(out)


def _add(out: list[Sentence], text: str, start: int, end: int) -> None:
    while start < end and text[start].isspace():
        start += 1
    if start < end and any(char.isalnum() for char in text[start:end]):
        out.append(Sentence(len(out), start, end, text[start:end]))
