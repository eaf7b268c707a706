"""Files: store, open, and say who may open."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any, Protocol

from django.db import models
from django.http import StreamingHttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from jimin.core.access.scope import Actor
from jimin.core.actions.errors import NotFound
from jimin.core.audit import api as audit
from jimin.core.files import blobs, checks
from jimin.core.files.actions import StoreFile
from jimin.core.files.checks import KINDS, allowed
from jimin.core.files.limits import MB, limits
from jimin.core.files.models import StoredFile

__all__ = [
    "allowed", "attach", "keep", "look", "may_open", "open_file", "read", "register_owner", "register_reference", "respond",
    "store",
]  # fmt: skip

IMAGES = ("jpg", "png")
OPENED = audit.declare("files.open", lazy("下载文件"), audit.Sort.EXPORT)
audit.declare("files.keep", lazy("存入系统生成的文件"))
_OWNERS: dict[str, Callable[[Actor, str], bool]] = {}
_REFERENCES: dict[str, Callable[[Actor, StoredFile], bool]] = {}


class Upload(Protocol):
    """What Django hands a view: an uploaded file."""

    name: str | None

    def read(self, size: int = -1, /) -> bytes: ...


def store(
    upload: Upload, actor: Actor, *, owner: models.Model | None = None, key: str = "", form: str = ""
) -> StoredFile:
    """Check a file that somebody hands in, keep it, and return its record.

    `form` is the key of the form it came with: the same file with the same form once more (its answer was lost) is the
    same record, so that the form's own action sees the same input.

    Raises Refused (says what is wrong with it), Forbidden, StorageFault; then nothing is kept.
    """
    content = upload.read(limits()["size_mb"] * MB + 1)
    name, kind = checks.judge(upload.name or "", content)
    if form and not key:
        key = f"{form[:40]}:{hashlib.sha256(name.encode() + b'/' + content).hexdigest()[:40]}"
    done = StoreFile.perform(
        actor,
        {
            "file_name": name,
            "kind": kind.extension,
            "size": len(content),
            "sha256": blobs.put(content),
            **dict(zip(("owner_type", "owner_id"), _owner(owner), strict=True)),
        },
        key=key,
    )
    return StoredFile.objects.get(pk=done["file"])


def keep(name: str, content: bytes, *, actor: Actor, owner: models.Model | None = None) -> StoredFile:
    """Keep a file the system made itself, inside the transaction of the action that makes it."""
    name, kind = checks.judge(name, content)
    owner_type, owner_id = _owner(owner)
    file = StoredFile.objects.create(
        name=name, kind=kind.extension, size=len(content), sha256=blobs.put(content), account=actor.account,
        owner_type=owner_type, owner_id=owner_id,
    )  # fmt: skip
    after = {"name": name, "kind": file.kind, "size": file.size, "sha256": file.sha256, "owner": owner_id}
    audit.write(actor, "files.keep", [audit.Change.to(file, {}, after)])
    return file


def attach(file: StoredFile, owner: models.Model) -> None:
    """Give a file to the record it belongs to, in the action that does so; a file has one owner for good."""
    mine = _owner(owner)
    if (file.owner_type, file.owner_id) == mine:
        return
    if file.owner_type:
        raise ValueError(f"file {file.pk} belongs to {file.owner_type} already")
    file.owner_type, file.owner_id = mine
    file.version += 1
    file.save(update_fields=["owner_type", "owner_id", "version"])


def _owner(owner: models.Model | None) -> tuple[str, str]:
    return (owner._meta.label_lower, str(owner.pk)) if owner is not None else ("", "")


# -- who may open it -----------------------------------------------------------------------------
def register_owner(object_type: str, may_see: Callable[[Actor, str], bool]) -> None:
    """Say who may open the files of a kind of record ("planning.report"): a function of the actor and the record's id."""
    if _OWNERS.setdefault(object_type, may_see) is not may_see:
        raise ValueError(f"owner {object_type!r} is registered twice")


def register_reference(name: str, visible: Callable[[Actor], models.QuerySet[Any]], field: str) -> None:
    """Say that who sees a record also sees the file in its foreign key `field`; `visible` gives the actor's records."""
    if name in _REFERENCES:
        raise ValueError(f"reference {name!r} is registered twice")
    _REFERENCES[name] = lambda actor, file: visible(actor).filter(**{field: file.pk}).exists()


def may_open(file: StoredFile, actor: Actor) -> bool:
    """Whether an actor handed the file in, or sees a record that it belongs to. Nobody said so: no."""
    if file.account_id == actor.account.id and not file.owner_type:
        return True
    owner = _OWNERS.get(file.owner_type)
    if owner is not None and owner(actor, file.owner_id):
        return True
    return any(sees(actor, file) for sees in _REFERENCES.values())


def open_file(file: StoredFile, actor: Actor) -> Iterator[bytes]:
    """The content, chunk by chunk. Raises NotFound (also when not allowed) and StorageFault, both before the first chunk."""
    if not may_open(file, actor):
        refusal = NotFound(_("没有找到这份文件，或不在您的管辖范围内。"), next_step=_("请从它所属的记录重新打开。"))
        audit.refused(actor, OPENED.name, refusal, [file.pk])
        raise refusal
    chunks = blobs.get(file.sha256)
    return chain([next(chunks)], chunks)


def read(file: StoredFile) -> bytes:
    """The whole content, for an action that has already loaded the file under its own checks. Raises StorageFault."""
    return b"".join(blobs.get(file.sha256))


def look(file: StoredFile, actor: Actor) -> bytes:
    """The whole content for somebody who looks at it on a page, on record as a download is. Raises as open_file does."""
    content = b"".join(open_file(file, actor))
    _on_record(file, actor)
    return content


def _on_record(file: StoredFile, actor: Actor) -> None:
    taken = {"name": file.name, "size": file.size, "sha256": file.sha256, "owner": file.owner_id}
    audit.write(actor, OPENED.name, [audit.Change.to(file, {}, taken)])


def respond(file: StoredFile, actor: Actor, *, inline: bool = False) -> StreamingHttpResponse:
    """The download: its own name, no guessing of types, and nothing in it runs on our site. Raises as open_file does.

    Any file may hold personal content, so each download is on record before its first byte.
    """
    response = StreamingHttpResponse(open_file(file, actor), content_type=KINDS[file.kind].content_type)
    _on_record(file, actor)
    response["Content-Length"] = str(file.size)
    shown = inline and file.kind in IMAGES
    response["Content-Disposition"] = content_disposition_header(not shown, file.name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response
