"""Searching names: what a name is cut into, and the column that holds the pieces.

The pieces stand in a table of their own, outside row-level security, because PostgreSQL may not use a GIN
index before the policy has looked at every row; the people found are then fetched under the policy.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import islice, product
from typing import Any

from django.db import models
from django.db.models import Lookup


class TextArray(models.Field):
    """PostgreSQL's text[], a list of str."""

    def db_type(self, connection: Any) -> str:
        return "text[]"


@TextArray.register_lookup
class Contains(Lookup):
    """All of these are in the array (uses the GIN index)."""

    lookup_name = "contains"

    def get_prep_lookup(self) -> list[str]:
        return list(self.rhs)

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        left, left_params = self.process_lhs(compiler, connection)
        return f"{left} @> %s::text[]", (*left_params, self.rhs)


def normal(name: str) -> str:
    """One form of a name: half-width, small letters, no spaces, one kind of middle dot."""
    return re.sub(r"\s", "", re.sub(r"[•・‧∙⋅.]", "·", unicodedata.normalize("NFKC", name))).lower()


READINGS = 16  # of one name: 单, 曾, 乐 and their like have several, and a name may hold two of them


def initials(name: str) -> list[str]:
    """The first letters of a name as it may be read: 单桂兰 is sgl and dgl. Characters nobody can read are left out."""
    from pypinyin import Style, pinyin  # its tables take a moment to load: only who writes names needs them

    read = pinyin(normal(name), style=Style.FIRST_LETTER, heteronym=True, errors="ignore", strict=False)
    return sorted({"".join(letters) for letters in islice(product(*read), READINGS)} - {""})


def pieces(name: str) -> list[str]:
    """Every character, every two neighbours, the whole name between marks, and how its initials begin."""
    text = normal(name)
    if not text:
        return []
    pairs = [text[i : i + 2] for i in range(len(text) - 1)]
    begun = {f"~{letters[:n]}" for letters in initials(name) for n in range(2, len(letters) + 1)}
    return sorted({*text, *pairs, f"={text}", *begun})


def are_letters(text: str) -> bool:
    """Whether somebody typed initials (or a name in Latin letters) rather than characters."""
    part = normal(text)
    return part.isascii() and part.isalpha()


def wanted(text: str) -> list[str]:
    """The pieces that a name containing `text` must have."""
    part = normal(text)
    return [part] if len(part) == 1 else [part[i : i + 2] for i in range(len(part) - 1)]
