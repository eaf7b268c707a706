"""Keep a view, drop it, and take rows out."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from pydantic import Field

from jimin.core.access.roles import EVERYONE, Role
from jimin.core.actions.base import Action, Result
from jimin.core.actions.base import Input as ActionInput
from jimin.core.actions.errors import Refused
from jimin.core.audit.api import Sort
from jimin.core.registers import base
from jimin.core.registers.models import Export, SavedView

ALL = EVERYONE | {Role.OPERATOR}


class SaveView(Action):
    """Keep the present conditions under a name; the same name again replaces them."""

    name = "registers.save_view"
    title = lazy("保存常用筛选")
    allowed = ALL

    class Input(ActionInput):
        register_name: str
        title: str = Field(min_length=1, max_length=40)
        query: str = Field(default="", max_length=1000)

    def check(self) -> None:
        self.query, problems = base.get(self.data.register_name).clean_query(self.actor, self.data.query)
        if problems:
            raise Refused(_("现在的筛选条件有误，没有保存。"), *problems, next_step=_("请先改正条件，再保存。"))

    def change(self) -> Result:
        view, fresh = SavedView.objects.select_for_update().get_or_create(
            account=self.actor.account,
            register=self.data.register_name,
            title=self.data.title,
            defaults={"query": self.query},
        )
        before = {} if fresh else {"query": view.query}
        if not fresh:
            view.query = self.query
            view.version += 1
            view.save(update_fields=["query", "version"])
        self.log(view, before, {"register": view.register, "title": view.title, "query": view.query})
        return {"view": str(view.id)}


class DeleteView(Action):
    """Drop one of one's own views."""

    name = "registers.delete_view"
    title = lazy("删除常用筛选")
    allowed = ALL

    class Input(ActionInput):
        view: UUID

    def load(self) -> None:
        mine = SavedView.objects.filter(account=self.actor.account)
        self.view = self.get(mine, self.data.view, what=_("常用筛选"))

    def change(self) -> Result:
        self.log(self.view, {"register": self.view.register, "title": self.view.title, "query": self.view.query}, {})
        self.view.delete()
        return {}


class ExportRegister(Action):
    """Take rows out as a file. The file is made first and handed out only when this is on record."""

    name = "registers.export"
    title = lazy("导出登记册")
    allowed = ALL
    risk = lazy("数据离开系统")
    sort = Sort.EXPORT

    class Input(ActionInput):
        register_name: str
        query: str = Field(default="", max_length=1000)
        format: Literal["xlsx", "csv"]
        rows: int = Field(ge=0)
        sha256: str = Field(min_length=64, max_length=64)

    def check(self) -> None:
        base.get(self.data.register_name).check(self.actor)

    def change(self) -> Result:
        taken = self.data.model_dump(exclude={"register_name"})
        taken["query"] = base.get(self.data.register_name).query_on_record(taken["query"])
        record = Export.objects.create(account=self.actor.account, register=self.data.register_name, **taken)
        self.log(record, {}, {"register": record.register, **taken})
        return {"export": str(record.id)}
