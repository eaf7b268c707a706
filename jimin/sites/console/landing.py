"""What the first page is made of: a sentence, and panels of lines with their limits."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from jimin.sites.console.planning.common import days_left
from jimin.sites.templatetags.jimin_ui import workdays

LINES = 8


@dataclass(frozen=True)
class Line:
    """One line of a list: what, why, by when, its state, and the page that deals with it."""

    title: str
    note: str = ""
    href: str = ""
    due: date | None = None
    status: str = ""
    word: str = ""


@dataclass(frozen=True)
class Panel:
    """A titled list; `empty` says what it means that there is nothing; `behind` names the rows that `more` leads to."""

    title: str
    lines: list[Line]
    empty: str = ""
    total: int = 0
    more: str = ""
    said: str = ""  # why this is asked and who will see it
    behind: str = ""

    @property
    def left_out(self) -> int:
        """How many of the total are not among the lines."""
        return max(self.total - len(self.lines), 0)


@dataclass
class Landing:
    """The whole page: the sentence in parts, and the panels in the order of urgency."""

    parts: list[str] = field(default_factory=list)
    panels: list[Panel] = field(default_factory=list)

    @property
    def sentence(self) -> str:
        return _("，").join(self.parts) + _("。") if self.parts else _("今天没有等您办理的事。")


def _overdue(days: int) -> str:
    return ngettext("逾期 %d 天", "逾期 %d 天", days) % days


def limit_state(due: date | None) -> tuple[str, str]:
    """The light and the word of a work's limit, in working days as the inbox counts them."""
    left = days_left(due)
    if left is None or left > 3:
        return "", ""
    return ("late" if left < 0 else "slow"), _("今天到期") if left == 0 else workdays(left)


def due_state(due: date | None, day: date) -> tuple[str, str]:
    """The light and the word of a stage's limit, in calendar days as the board counts them."""
    if due is None:
        return "", ""
    if due < day:
        return "late", _overdue((day - due).days)
    if due == day:
        return "slow", _("今天到期")
    return ("slow", _("还有 %d 天") % (due - day).days) if (due - day).days <= 3 else ("", "")
