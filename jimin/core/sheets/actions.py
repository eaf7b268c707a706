"""The stages of an import: started, read, confirmed, finished, given up. What it writes goes through the domain's own actions."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from pydantic import Field

from jimin.core import clock
from jimin.core.access.roles import EVERYONE, Role
from jimin.core.actions.base import Action, Result
from jimin.core.actions.base import Input as ActionInput
from jimin.core.actions.errors import Problem, Refused
from jimin.core.files import api as files
from jimin.core.files.models import StoredFile
from jimin.core.sheets import base
from jimin.core.sheets.models import AT_WORK, OPEN, ImportState, SheetImport

ALL = EVERYONE | {Role.OPERATOR}
KINDS = ("xlsx", "csv")


class StartImport(Action):
    """Bring a file in for a register. The same file again is the same import while it is at work; one that waits is replaced."""

    name = "sheets.start"
    title = lazy("导入表格：上传")
    allowed = ALL

    class Input(ActionInput):
        register_name: str
        file: UUID

    def load(self) -> None:
        own = StoredFile.objects.filter(account=self.actor.account)
        self.file = self.get(own, self.data.file, what=_("文件"))

    def check(self) -> None:
        base.get(self.data.register_name).check(self.actor)
        if self.file.kind not in KINDS:
            message = _("“%s”不是表格。可以导入 .xlsx 和 .csv。") % self.file.name
            raise Refused(message, Problem(message, "file"), next_step=_("请另存为 .xlsx 后再上传。"))

    def change(self) -> Result:
        mine = SheetImport.objects.filter(account=self.actor.account, register=self.data.register_name)
        for same in mine.filter(file__sha256=self.file.sha256, state__in=OPEN).select_for_update(of=("self",)):
            if same.state in AT_WORK and same.appointment_id == self.actor.appointment.id:
                return {"import": str(same.pk), "again": True}
            if same.state == ImportState.READY:  # looked through before; the records may have changed since
                self.set(same, {"state": ImportState.ABANDONED, "ended_at": clock.now()}, note="replaced")
        made = SheetImport.objects.create(
            account=self.actor.account,
            appointment=self.actor.appointment,
            register=self.data.register_name,
            language=get_language() or settings.LANGUAGE_CODE,
            file=self.file,
        )
        if not self.file.owner_type:
            files.attach(self.file, made)
        self.log(made, {}, {"register": made.register, "file": made.file.name, "sha256": made.file.sha256})
        return {"import": str(made.pk)}


class _OfImport(Action, abstract=True):
    """About one of one's own imports, in a state that allows it."""

    allowed = ALL
    states: tuple[str, ...] = ()

    class Input(ActionInput):
        sheet_import: UUID

    def load(self) -> None:
        mine = SheetImport.objects.select_related("file").filter(account=self.actor.account)
        self.held = self.get(mine, self.data.sheet_import, what=_("导入"))

    def check(self) -> None:
        if self.held.state not in self.states:
            raise self.refuse(
                _("这次导入的状态是“%s”，不能再这样办理。") % self.held.get_state_display(),
                next_step=_("请刷新页面查看现在的情况。"),
            )

    def keep_marked(self) -> dict[str, Any]:
        """Keep the marked file, or the note why there is none: the fields to set."""
        made = self.data.marked
        if made is None:
            return {"notes": [*self.held.notes, self.data.note]} if self.data.note else {}
        file = files.keep(made[0], made[1], actor=self.actor, owner=self.held)
        return {"marked": file, "partial": made[2]}


class ReadImport(_OfImport):
    """The file is read to its end: ready for a person to look at; or it could not be read, and why."""

    name = "sheets.read"
    title = lazy("导入表格：核对完")
    states = (ImportState.READING,)

    class Input(_OfImport.Input):
        problems: list[str] = []
        note: str = ""  # why there is no marked file
        marked: tuple[str, bytes, bool] | None = Field(None, exclude=True)

    def change(self) -> Result:
        unread = bool(self.data.problems)
        after: dict[str, Any] = {"problems": self.data.problems, **self.keep_marked()}
        after["state"] = ImportState.UNREAD if unread else ImportState.READY
        after["ended_at"] = clock.now() if unread else None
        return self.set(self.held, after, note=str(self.held.counts))


class ConfirmImport(_OfImport):
    """A person has looked and lets the good rows in; the wrong ones stay for correction."""

    name = "sheets.confirm"
    title = lazy("导入表格：确认写入")
    risk = lazy("一次改动很多行")
    states = (ImportState.READY,)

    def check(self) -> None:
        super().check()
        base.get(self.held.register).check(self.actor)
        if self.held.appointment_id != self.actor.appointment.id:
            raise self.refuse(
                _("这份表格是用另一个岗位上传的，请换回那个岗位再确认。"), next_step=_("右上角可以换岗位。")
            )
        if not self.held.due:
            raise self.refuse(_("没有要写入的行。"), next_step=_("请改正标出的行，再上传一次。"))

    def change(self) -> Result:
        return self.set(self.held, {"state": ImportState.WRITING, "moved_at": clock.now()}, note=str(self.held.counts))


class FinishImport(_OfImport):
    """Every row was tried: what went in and what did not."""

    name = "sheets.finish"
    title = lazy("导入表格：写完")
    states = (ImportState.WRITING,)

    class Input(_OfImport.Input):
        problems: list[str] = []  # why the rest was not tried
        note: str = ""  # why there is no marked file
        marked: tuple[str, bytes, bool] | None = Field(None, exclude=True)

    def change(self) -> Result:
        after = {"state": ImportState.DONE, "ended_at": clock.now(), "problems": self.data.problems}
        note = f"written {self.held.written}, refused {self.held.refused}"
        return self.set(self.held, {**after, **self.keep_marked()}, note=note)


class AbandonImport(_OfImport):
    """Give an import up. What is already written stays written."""

    name = "sheets.abandon"
    title = lazy("导入表格：放弃")
    states = (*AT_WORK, ImportState.READY)

    def change(self) -> Result:
        after = {"state": ImportState.ABANDONED, "ended_at": clock.now()}
        return self.set(self.held, after, note=f"written {self.held.written}")
