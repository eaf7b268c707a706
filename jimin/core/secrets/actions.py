"""Add a key, bring sealed values under it batch by batch, drop the old one. An operator's work, each step audited."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import datetime

from django.db import OperationalError, connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from psycopg.errors import LockNotAvailable
from pydantic import Field

from jimin.core import clock
from jimin.core.access.roles import Role
from jimin.core.actions import base
from jimin.core.actions.base import Action, Result
from jimin.core.audit.api import Change
from jimin.core.divisions.models import Level
from jimin.core.secrets import holders, keys
from jimin.core.secrets.limits import limits
from jimin.core.secrets.models import KeyRotation


class _OfKeys(Action, abstract=True):
    """Keys are the whole installation's: who works on them must see every record."""

    def load(self) -> None:
        if self.actor.scope.level != Level.PROVINCE:
            raise self.refuse(_("密钥是全省共用的，只能由厅机关的系统运维办理。"))

    def tell(self, key: int, after: dict[str, object]) -> None:
        """One audit row about a key; a key has no row of its own in the database."""
        self._changes.append(Change("secrets.key", str(key), {}, after))


class AddKey(_OfKeys):
    """Add a new key and seal with it from now on; what is sealed with older ones still opens."""

    name = "secrets.add_key"
    title = lazy("增加密钥")
    allowed = (Role.OPERATOR,)
    risk = lazy("丢了新密钥，之后的号码和文件就打不开")

    def change(self) -> Result:
        # Last, and before the commit: a key without its audit row can be seen in the list, one without its file not.
        number = keys.add_key()
        self.tell(number, {"added": True, "current": number})
        return {"key": number}


class Reseal(_OfKeys):
    """One batch: bring the next values of one holder under the current key, and remember how far that came."""

    name = "secrets.reseal"
    title = lazy("换用新密钥")
    allowed = (Role.OPERATOR,)

    class Input(base.Input):
        holder: str
        size: int = Field(default=0, ge=0)  # rows or files; 0: as the parameters say

    def load(self) -> None:
        super().load()
        try:
            self.holder = holders.holder(self.data.holder)
        except KeyError:
            raise self.refuse(_("没有“%s”这类加密内容。") % self.data.holder, "holder") from None
        mine = {"key": keys.ring().current.id, "holder": self.holder.name}
        KeyRotation.objects.bulk_create([KeyRotation(**mine)], ignore_conflicts=True)
        # A second run waits here for the end of this batch, and goes on after it.
        self.rotation = KeyRotation.objects.select_for_update().get(**mine)

    def change(self) -> Result:
        rotation = self.rotation
        before = {"cursor": rotation.cursor, "done": rotation.done}
        batch = self.holder.reseal(rotation.cursor, self.data.size or self.holder.batch)
        rotation.cursor = batch.cursor
        rotation.done += batch.done
        rotation.finished_at = None if batch.cursor else clock.now()
        rotation.version += 1
        rotation.save(update_fields=["cursor", "done", "finished_at", "version"])
        if batch.done:
            told = {"cursor": batch.cursor, "done": rotation.done, "version": rotation.version}
            self.log(rotation, before | {"version": rotation.version - 1}, told | {"key": rotation.key})
        return {"done": batch.done, "end": not batch.cursor, "bad": batch.bad, "key": rotation.key}


class DropKey(_OfKeys):
    """Take a key out of the ring for good, when nothing is under it any more."""

    name = "secrets.drop_key"
    title = lazy("删除旧密钥")
    allowed = (Role.OPERATOR,)
    risk = lazy("删了还在用的密钥，那些号码和文件就打不开")

    class Input(base.Input):
        key: int

    def check(self) -> None:
        ring = keys.ring()
        if self.data.key not in ring.keys:
            raise self.refuse(_("密钥文件里没有密钥 %d。") % self.data.key, "key", _("用 jimin keys list 查看有哪些。"))
        if self.data.key == ring.current.id:
            said = _("密钥 %d 是现行密钥，不能删除。") % self.data.key
            raise self.refuse(said, "key", _("请先 jimin keys add，再 jimin keys rotate。"))
        # What was sealed before the next key came and is not stored yet would be lost.
        self.superseded = ring.keys[min(n for n in ring.keys if n > self.data.key)].since or clock.now()

    def change(self) -> Result:
        number = self.data.key
        with ExitStack() as quiet:
            try:
                self._freeze(quiet)
            except OperationalError as error:
                if not isinstance(error.__cause__, LockNotAvailable):
                    raise
                raise self.refuse(_("有人正在写入，等了 %d 秒，没有删除。") % limits()["lock_seconds"], "key",
                                  _("请稍后再试。")) from None  # fmt: skip
            left = {name: n[number] for h in holders.all_holders() for name, n in h.counts().items() if n.get(number)}
            if left:
                listed = "、".join(f"{name} {n}" for name, n in left.items())
                raise self.refuse(_("密钥 %(key)d 还在用：%(left)s。没有删除。") % {"key": number, "left": listed}, "key",
                                  _("请先 jimin keys rotate。"))  # fmt: skip
            self._nobody_from_before(self.superseded)
            for holder in holders.all_holders():
                holder.forget(number)
            self.tell(number, {"dropped": True})
            keys.drop_key(number)
        return {"key": number}

    def _freeze(self, quiet: ExitStack) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{limits()['lock_seconds']}s"])
        for holder in holders.all_holders():
            quiet.enter_context(holder.quiet())

    def _nobody_from_before(self, moment: datetime) -> None:
        """Refuse while a transaction of before the next key goes on; it may still store what it sealed.

        PostgreSQL hides when another role's transaction began, but not that there is one (its virtual id is locked): it
        counts as one of before. Sessions without a user are the server's own (autovacuum) and seal nothing.
        """
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(DISTINCT a.pid) FROM pg_stat_activity a JOIN pg_locks l USING (pid)"
                " WHERE a.datname = current_database() AND a.pid <> pg_backend_pid() AND a.usesysid IS NOT NULL"
                " AND l.locktype = 'virtualxid' AND l.mode = 'ExclusiveLock'"
                " AND coalesce(a.xact_start, '-infinity') < %s",
                [moment],
            )
            (n,) = cursor.fetchone()
        if n:
            raise self.refuse(
                _("有 %d 个办理从换密钥之前一直没有结束，没有删除。") % n, "key", _("请等它们结束后再试；别的登录（备份、升级）正在办的也要等。")
            )
