"""Measure words in the reader's language. Records keep the plan's own (个, 户, 张); English counts most things without one."""

from __future__ import annotations

from django.utils.translation import get_language, pgettext, pgettext_lazy

#: Words that only count; what is counted is already named beside the figure.
ONLY_COUNT = frozenset("个张家处件项名所次场套份条台座部只宗例")
#: Words that mean something in English too (the list is for the catalogue).
MEAN = (
    pgettext_lazy("unit", "人"),
    pgettext_lazy("unit", "人次"),
    pgettext_lazy("unit", "万人"),
    pgettext_lazy("unit", "万人次"),
    pgettext_lazy("unit", "户"),
    pgettext_lazy("unit", "万户"),
    pgettext_lazy("unit", "倍"),
    pgettext_lazy("unit", "元"),
    pgettext_lazy("unit", "万元"),
    pgettext_lazy("unit", "亿元"),
    pgettext_lazy("unit", "万"),
    pgettext_lazy("unit", "天"),
    pgettext_lazy("unit", "小时"),
    pgettext_lazy("unit", "平方米"),
    pgettext_lazy("per", "人"),
    pgettext_lazy("per", "户"),
    pgettext_lazy("per", "村"),
    pgettext_lazy("per", "年"),
    pgettext_lazy("per", "月"),
)


def english() -> bool:
    """Whether the reader reads English."""
    return (get_language() or "").startswith("en")


def measure(unit: str) -> str:
    """A unit as the reader says it: 个 → nothing in English, 户 → households; an unknown one stays as it is."""
    unit = str(unit)
    if not english() or not unit:
        return unit
    parts = [p.strip() for p in unit.split("/")]
    return "/".join(
        "" if p in ONLY_COUNT and len(parts) == 1 else pgettext("unit" if i == 0 else "per", p)
        for i, p in enumerate(parts)
    ).strip("/")
