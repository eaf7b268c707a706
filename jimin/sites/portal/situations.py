"""What people look for by their own situation. Which points belong to one is the pack's matter (plan/plain.yaml)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TITLES: Mapping[str, Promise] = {
    "elder": _("家里有老人"),
    "hardship": _("生活困难"),
    "children": _("家里有孩子"),
    "disability": _("有残疾人"),
    "lost": _("流落街头、找不到家"),
    "marriage": _("结婚、离婚"),
    "funeral": _("亲人去世"),
    "community": _("社区和村里的事"),
    "charity": _("做好事、帮别人"),
}


@dataclass(frozen=True, slots=True)
class Situation:
    """A situation and the numbers of the points that matter in it, the nearest first."""

    key: str
    title: Promise
    note: str
    points: tuple[int, ...]


@lru_cache(maxsize=4)
def _read(path: Path) -> dict[str, Any]:
    return yaml.safe_load(path.read_text(encoding="utf-8")) if path.exists() else {}


def _content(document_no: str) -> dict[str, Any]:
    """What the pack says for the plan with this document number; empty when it speaks of another plan."""
    content = _read(Path(settings.PACK) / "plan" / "plain.yaml")
    return content if content.get("document_no") == document_no else {}


def of_plan(document_no: str) -> list[Situation]:
    """The situations written for the plan with this document number; empty when the pack has none for it."""
    return [
        Situation(key, TITLES[key], entry["note"], tuple(entry["points"]))
        for key, entry in _content(document_no).get("situations", {}).items()
    ]


def first(document_no: str) -> list[str]:
    """The codes of the figures that the first page shows, in order; empty: the page takes the first ones it finds."""
    return list(_content(document_no).get("first", ()))
