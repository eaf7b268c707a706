"""A small province whose offices set standards."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from jimin.core import clock
from jimin.core.access.roles import Role
from jimin.core.access.tests.people import People
from jimin.core.files import api as files
from jimin.engines.policy.actions import ProposeParameter, SignParameter
from jimin.engines.policy.models import ParameterRecord

DAY = date(2023, 10, 10)


def png() -> bytes:
    """A white dot: the smallest scan."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    parts = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0\xff")) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


class Offices:
    """救助处 of the department, 甲市 and 子县, each with who makes and who signs."""

    def __init__(self) -> None:
        people = People()
        relief = people.units["t.office"]
        relief.duties = ["社会救助"]
        relief.save()
        at = people.actor
        self.people = people
        self.dept, self.chief = at("宋洁", "t.office", Role.DEPT_CLERK), at("高志强", "t.office", Role.DEPT_CHIEF)
        self.city, self.leader = at("马丽", "9901", Role.CITY_CLERK), at("郑伟", "9901", Role.CITY_LEADER)
        self.county = at("刘敏", "990122", Role.COUNTY_CLERK)

    def paper(self, actor: Any, **more: Any) -> dict[str, Any]:
        """What a proposal of 农村 500 元 from July on says."""
        scan = files.keep("标准.png", png(), actor=actor)
        return {
            "domain": "assistance", "path": "dibao.standard", "area": "农村", "value": "500",
            "valid_from": date(2023, 7, 1), "issuer": "甲市人民政府", "document_no": "甲政发〔2023〕1号",
            "article": "第一条", "scan": scan.pk, **more,
        }  # fmt: skip

    def propose(self, actor: Any, **more: Any) -> ParameterRecord:
        done = ProposeParameter.perform(actor, self.paper(actor, **more))
        return ParameterRecord.objects.get(pk=done["record"])

    def sign(self, actor: Any, record: ParameterRecord) -> ParameterRecord:
        record.refresh_from_db()
        SignParameter.perform(actor, {"record": record.pk, "version": record.version})
        record.refresh_from_db()
        return record


@pytest.fixture
def offices(db: None) -> Iterator[Offices]:
    with clock.on_day(DAY):
        yield Offices()
