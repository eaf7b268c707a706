"""A small province with a plan in force, a pack that speaks of it in plain words, and an issued document."""

from __future__ import annotations

from datetime import date

import pytest
import yaml
from django.db import transaction

from jimin.core import clock
from jimin.domains.planning.models import Plan, Point
from jimin.domains.planning.tests import board_factory as factory
from jimin.engines.documents import verification
from jimin.engines.documents.tests import samples
from jimin.sites.kept import forget
from jimin.sites.portal import situations

DAY = date(2023, 10, 10)
WORDS = "乡镇里建区域养老服务中心，今年覆盖 20% 的乡镇。"


@pytest.fixture
def pack(settings, tmp_path):
    """A pack folder whose plain words are for the test's plan."""
    (tmp_path / "plan").mkdir()
    content = {
        "document_no": "民发〔2023〕5号",
        "plain": {2: WORDS},
        "first": ["elder.beds", "elder.centres"],
        "situations": {"elder": {"note": "养老院、农村养老", "points": [2, 3, 4]}, "marriage": {"note": "登记", "points": [40]}},
    }  # fmt: skip
    (tmp_path / "plan" / "plain.yaml").write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    settings.PACK = tmp_path
    situations._read.cache_clear()
    return tmp_path


def build():
    """The plan with figures; commits only where the test does."""
    with transaction.atomic(), clock.on_day(DAY):
        made = factory.build()
        Point.objects.filter(no=2).update(plain=WORDS)
        Point.objects.filter(no=3).update(plain="新增照顾失智老人的床位 600 张。")
        for month, total in zip(range(2, 10), (0, 40, 90, 140, 190, 240, 290, 340), strict=True):
            made.report("beds", "220122", date(2023, month, 1), str(total))
        made.centres("220122", 2, date(2023, 3, 1))
        made.centres("220821", 1, date(2023, 5, 1))
        made.refresh()
    forget()
    return made


@pytest.fixture
def world(db, settings, pack):
    """The small province on 2023-10-10; what the process kept of another test's plan is forgotten."""
    settings.JIMIN_BUSINESS_DAY = DAY
    yield build()
    forget()


@pytest.fixture
def issued(world):
    """A document that was issued with a code."""
    account = next(iter(world.accounts.values())).account
    with clock.on_day(DAY):
        return verification.issue(
            samples.notice(), unit=world.units["t.office"], account=account, public_summary={"任务数": 46}
        )


def no_plan() -> None:
    """Take the plan out of force."""
    Plan.objects.update(state="read")
    forget()
