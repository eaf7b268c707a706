"""Handing a file in."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as lazy
from pydantic import Field

from jimin.core.access.roles import EVERYONE, Role
from jimin.core.actions.base import Action, Result
from jimin.core.actions.base import Input as ActionInput
from jimin.core.files.models import StoredFile


class StoreFile(Action):
    """Register a content that is already checked and on disk."""

    name = "files.store"
    title = lazy("上传文件")
    allowed = EVERYONE | {Role.OPERATOR}

    class Input(ActionInput):
        file_name: str = Field(min_length=1, max_length=200)
        kind: str
        size: int = Field(ge=1)
        sha256: str = Field(min_length=64, max_length=64)
        owner_type: str = ""
        owner_id: str = ""

    def change(self) -> Result:
        values = self.data.model_dump(exclude={"file_name"})
        file = StoredFile.objects.create(name=self.data.file_name, account=self.actor.account, **values)
        self.log(file, {}, {"name": file.name, **values})
        return {"file": str(file.id)}
