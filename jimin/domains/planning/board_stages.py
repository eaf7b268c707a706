"""The state of a thing the plan says shall be made (成果), from its stages and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from jimin.domains.planning.models import Deliverable, Stage, Task
from jimin.domains.planning.parameters import number
from jimin.engines.indicators.figures import Light


@dataclass(frozen=True, slots=True)
class Made:
    """One deliverable on a day. `overdue` is the stage that is over its date, `next` the first open one."""

    deliverable: Deliverable
    task: Task | None
    stages: tuple[Stage, ...]
    done_on: date | None
    next: Stage | None
    overdue: Stage | None
    days: int  # calendar days over the stage's or the deliverable's date
    light: Light

    @property
    def done(self) -> bool:
        return self.done_on is not None

    @property
    def steps_done(self) -> int:
        return sum(1 for s in self.stages if s.done_on is not None)


def made(deliverable: Deliverable, task: Task | None, stages: Sequence[Stage], day: date) -> Made:
    """The state of a deliverable on `day`: stages done later than that count as open.

    Done: on time. Its own date is past, or a stage is overdue by `stage_late_days` or more: late. A stage is
    overdue by less: slow. Otherwise on time when some stage is done; with none done nothing is known yet, and
    that is never green.
    """
    done = [s for s in stages if s.done_on is not None and s.done_on <= day]
    open_ = [s for s in stages if s.done_on is None or s.done_on > day]
    finished = task.closed_on if task is not None and task.closed_on is not None and task.closed_on <= day else None
    over = next((s for s in open_ if s.due_on < day), None)
    days = max((day - over.due_on).days if over else 0, (day - deliverable.deadline).days, 0)
    if finished is not None:
        found, over, days = Light.OK, None, 0
    elif day > deliverable.deadline or days >= int(number("stage_late_days")):
        found = Light.LATE
    elif over is not None:
        found = Light.SLOW
    else:
        found = Light.OK if done else Light.NONE
    first_open = open_[0] if open_ and finished is None else None
    return Made(deliverable, task, tuple(stages), finished, first_open, over, days, found)
