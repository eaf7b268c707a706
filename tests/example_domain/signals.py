"""A board that nobody looked at in time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from jimin.core.calendar import api as calendar
from jimin.engines.alerts.signals import Finding, signal
from tests.example_domain.limits import check_days
from tests.example_domain.models import NoticeBoard


@signal("noticeboards.unchecked", "公示栏未按时检查")
def unchecked(day: date, horizon: date) -> Iterable[Finding]:
    """Boards whose next check falls due by `horizon`, for the office that answers for the village."""
    for board in NoticeBoard.objects.all():
        due = calendar.add_working_days(board.checked_on or board.opened_on, check_days()).date
        if due <= horizon:
            yield Finding(
                key=str(board.pk),
                title=f"公示栏“{board.place}”应检查",
                link=f"noticeboards.noticeboard:{board.pk}",
                unit=board.unit_id,
                due_on=due,
                place={k: getattr(board, k) for k in ("prefecture", "county", "town", "village")},
            )
