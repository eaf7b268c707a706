"""What is in the database afterwards, held against what the clients were told."""

from __future__ import annotations

import hashlib
import sys
from collections import Counter
from dataclasses import dataclass, field

from tests.faults.load import INDICATOR, Acknowledged, Ledger
from tests.faults.site import Site, waited


@dataclass
class Verdict:
    """Counts for the report; `wrong` is empty when all is well."""

    acknowledged: int = 0
    retried: int = 0
    lost: int = 0
    doubled: int = 0
    events: int = 0
    files: int = 0
    wrong: list[str] = field(default_factory=list)

    def unless(self, good: object, words: str) -> None:
        if not good:
            self.wrong.append(words)


def judge(site: Site, ledgers: list[Ledger]) -> Verdict:
    """Compare; call it when the clients have finished and the site runs."""
    verdict = Verdict()
    done = [a for ledger in ledgers for a in ledger.done]
    verdict.acknowledged = sum(1 + a.updates for a in done)
    verdict.retried = sum(a.tries > 1 for a in done)
    for ledger in ledgers:
        verdict.wrong += ledger.wrong
    _rows(site, done, verdict)
    _events(site, verdict)
    _files(site, done, verdict)
    _figures(site, len(done), verdict)
    _audit(site, done, verdict)
    _jobs(site, verdict)
    return verdict


def _rows(site: Site, done: list[Acknowledged], verdict: Verdict) -> None:
    rows = site.ask("SELECT id::text, name, version, stage FROM planning_ledgeritem")
    found = Counter(name for _, name, _, _ in rows)
    by_name = {name: (pk, version, stage) for pk, name, version, stage in rows}
    keys = dict(site.ask("SELECT key, result FROM actions_actionkey WHERE action = 'planning.item.register'"))
    for a in done:
        if a.name not in by_name or a.key not in keys:
            verdict.lost += 1
            verdict.wrong.append(f"lost: {a}")
            continue
        pk, version, stage = by_name[a.name]
        verdict.unless(keys[a.key] == {"items": [pk]}, f"the key's result is another: {a} {keys[a.key]}")
        verdict.unless(not a.item or a.item == pk, f"the answer named another row: {a} {pk}")
        if version < 1 + a.updates or (a.updates and stage != f"第{a.updates}步"):
            verdict.lost += 1
            verdict.wrong.append(f"an update is lost: {a} is at version {version}, {stage}")
        if version > 1 + a.updates:
            verdict.doubled += 1
            verdict.wrong.append(f"an update was made twice: {a} is at version {version}")
    verdict.doubled += sum(n - 1 for n in found.values())
    known = {a.name for a in done}
    verdict.unless(not [n for n in found if n not in known], f"rows nobody was told of: {set(found) - known}")
    verdict.unless(max(found.values(), default=0) == 1, f"rows twice: {[n for n, c in found.items() if c > 1]}")
    empty = site.ask("SELECT count(*) FROM actions_actionkey WHERE result IS NULL")[0][0]
    verdict.unless(empty == 0, f"{empty} keys without a result")


def _events(site: Site, verdict: Verdict) -> None:
    waiting = "SELECT count(*) FROM events_outboxevent WHERE delivered_at IS NULL"
    waited(lambda: site.ask(waiting)[0][0] == 0, 120, "delivery of all events")
    names = "('planning.item.registered', 'planning.item.update')"
    sent = {e for (e,) in site.ask(f"SELECT id FROM events_outboxevent WHERE name IN {names}")}
    heard = Counter(e for (e,) in site.ask("SELECT event FROM hearing_heard"))
    verdict.events = len(sent)
    verdict.unless(
        set(heard) == sent, f"not heard: {len(sent - set(heard))}; heard but never sent: {len(set(heard) - sent)}"
    )
    verdict.doubled += sum(n - 1 for n in heard.values())
    verdict.unless(max(heard.values(), default=1) == 1, "an event had its effect twice")
    verdict.unless(
        len(sent) == verdict.acknowledged, f"{len(sent)} events for {verdict.acknowledged} acknowledged actions"
    )


def _files(site: Site, done: list[Acknowledged], verdict: Verdict) -> None:
    kept = dict(
        site.ask("SELECT i.name, f.sha256 FROM planning_ledgeritem i JOIN files_storedfile f ON f.id = i.evidence_id")
    )
    for a in done:
        wanted = hashlib.sha256(a.file).hexdigest() if a.file else None
        verdict.unless(kept.get(a.name) == wanted, f"the file of {a.name} is {kept.get(a.name)}")
    verdict.files = site.ask("SELECT count(*) FROM files_storedfile")[0][0]
    verdict.unless(verdict.files == len(kept), f"{verdict.files} file records for {len(kept)} rows with a file")
    verdict.unless("0 份打不开" in site.jimin("files", "verify"), "a file does not open")
    # What a killed upload left on disk goes with the daily sweep, here a day later.
    site.command([sys.executable, "-c", SWEEP])
    on_disk = [p for p in site.files.glob("??/??/*") if p.is_file()]
    verdict.unless(len(on_disk) == verdict.files, f"{len(on_disk)} contents on disk for {verdict.files} records")


SWEEP = """
import os, time
from jimin.platform.instance import load_environment
load_environment()
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.faults.settings"
import django
django.setup()
from jimin.core.files.blobs import sweep
sweep(time.time() + 25 * 3600)
"""


def _figures(site: Site, rows: int, verdict: Verdict) -> None:
    site.jimin("indicators", "check")
    (total,) = site.ask(
        "SELECT max(numerator) FROM indicators_indicatorvalue v JOIN indicators_indicator i ON i.id = v.indicator_id"
        " WHERE i.code = %s", INDICATOR,
    )[0]  # fmt: skip
    verdict.unless(total == rows, f"the figure says {total}, registered are {rows}")


def _audit(site: Site, done: list[Acknowledged], verdict: Verdict) -> None:
    for action, wanted in (
        ("planning.item.register", len(done)),
        ("planning.item.update", sum(a.updates for a in done)),
    ):
        found, objects = site.ask(
            "SELECT count(*), count(DISTINCT (object_id, body)) FROM audit_auditrow WHERE action = %s", action
        )[0]
        verdict.unless(found == objects == wanted, f"{found} audit rows ({objects} different) for {wanted} {action}")
    unsealed = (
        "SELECT count(*) FROM audit_auditrow r WHERE (r.epoch, r.xid, r.id) >"
        " (SELECT epoch, upto_xid::text::xid8, upto_id FROM audit_block ORDER BY no DESC LIMIT 1)"
    )
    waited(lambda: site.ask(unsealed) == [(0,)], 150, "the sealing of the last rows")
    site.jimin("audit", "anchor")
    site.jimin("audit", "verify")


def _jobs(site: Site, verdict: Verdict) -> None:
    """A job of a killed worker is done again within the rescue's time."""
    stuck = (
        "SELECT count(*) FROM procrastinate_jobs j LEFT JOIN procrastinate_workers w ON w.id = j.worker_id"
        " WHERE j.status = 'doing' AND (w.id IS NULL OR w.last_heartbeat < now() - interval '60 seconds')"
    )
    waited(lambda: site.ask(stuck)[0][0] == 0, 240, "rescue of the jobs of killed workers")
    # A periodic job that failed (its database was killed under it) is made up by the next one.
    failed = (
        "SELECT DISTINCT task_name FROM procrastinate_jobs f WHERE status = 'failed' AND NOT EXISTS"
        " (SELECT 1 FROM procrastinate_jobs s WHERE s.task_name = f.task_name AND s.status = 'succeeded' AND s.id > f.id)"
    )
    waited(
        lambda: site.ask(failed) == [] or site.ask(failed) == [("audit.anchor",)], 180, "the next run of a failed job"
    )
