"""What social assistance can decide."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from jimin.domains.assistance.rules import rules
from jimin.engines.policy.programmes import Domain, Programme, declare

if TYPE_CHECKING:
    from jimin.engines.policy.sources import Sources


def _sources() -> Sources:
    from jimin.domains.assistance.sources import SOURCES  # with Arrow and Ibis, which no page needs

    return SOURCES


ASSISTANCE = Domain("assistance", rules, Path(__file__).parent, _sources)

declare(
    ASSISTANCE,
    Programme("assistance.dibao", "最低生活保障", ASSISTANCE, "dibao", amount="dibao_amount"),
    Programme("assistance.marginal", "最低生活保障边缘家庭", ASSISTANCE, "marginal"),
    Programme("assistance.alone", "单人保", ASSISTANCE, "alone", row="person", amount="alone_amount"),
    Programme("assistance.tapering", "渐退期", ASSISTANCE, "tapering", amount="taper_amount"),
    Programme("assistance.tekun", "特困人员救助供养", ASSISTANCE, "tekun", row="person", amount="tekun_amount"),
    Programme("assistance.emergency", "临时救助（急难型）", ASSISTANCE, "emergency_relief"),
    Programme("assistance.expense", "临时救助（支出型）", ASSISTANCE, "expense_relief"),
    Programme("assistance.living_subsidy", "困难残疾人生活补贴", ASSISTANCE, "living_subsidy", "person", "living_subsidy_amount"),
    Programme("assistance.care_subsidy", "重度残疾人护理补贴", ASSISTANCE, "care_subsidy", "person", "care_subsidy_amount"),
    Programme("assistance.heating", "困难群众采暖补贴", ASSISTANCE, "heating", amount="heating_amount", every="采暖期"),
)  # fmt: skip
