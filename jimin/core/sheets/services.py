"""What a page does with an import: take a file in, go on at once when it is small, else hand it to the worker."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from jimin.core.access.scope import Actor
from jimin.core.actions.errors import NotFound
from jimin.core.files import api as files
from jimin.core.files.api import Upload
from jimin.core.sheets import base, steps, tasks
from jimin.core.sheets.actions import AbandonImport, ConfirmImport, StartImport
from jimin.core.sheets.limits import limits
from jimin.core.sheets.models import SheetImport

KB = 1024


def start(actor: Actor, register: str, upload: Upload, key: str = "") -> SheetImport:
    """Take a file in and look through it: at once when it is small, else in the worker. Raises Refused, Forbidden."""
    base.get(register).check(actor)
    file = files.store(upload, actor, key=f"{key}:file" if key else "")
    small = file.size <= limits()["at_once_kb"] * KB
    with transaction.atomic():
        result = StartImport.perform(actor, {"register_name": register, "file": file.pk}, key=key)
        pk = UUID(result["import"])
        if not small and not result.get("again"):
            tasks.hand_over(pk)
    if small:
        _at_once(pk)
    return own(actor, pk)


def confirm(actor: Actor, pk: UUID, key: str = "") -> SheetImport:
    """Let the good rows in. Raises Refused when it is not waiting for that."""
    with transaction.atomic():
        ConfirmImport.perform(actor, {"sheet_import": pk}, key=key)
        small = own(actor, pk).chunks.count() == 1
        if not small:
            tasks.hand_over(pk)
    if small:
        _at_once(pk)
    return own(actor, pk)


def abandon(actor: Actor, pk: UUID, key: str = "") -> SheetImport:
    """Give an import up."""
    AbandonImport.perform(actor, {"sheet_import": pk}, key=key)
    return own(actor, pk)


def go_on(actor: Actor, pk: UUID) -> SheetImport:
    """Hand an import that has stopped to the worker once more."""
    held = own(actor, pk)
    if held.is_at_work:
        tasks.hand_over(pk)
    return held


def own(actor: Actor, pk: UUID) -> SheetImport:
    """One of the actor's own imports. Raises NotFound."""
    found = SheetImport.objects.select_related("file", "marked").filter(pk=pk, account=actor.account).first()
    if found is None:
        raise NotFound(_("没有找到这次导入。"), next_step=_("请从登记册的“导入”重新打开。"))
    return found


def _at_once(pk: UUID) -> None:
    """One chunk here and now; a file that turns out longer goes on in the worker."""
    if steps.work(pk, most=1):
        tasks.hand_over(pk)
