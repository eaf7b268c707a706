"""The counties: rows of the ledger, the monthly sheet with its proof, one return, and the figure that comes of it."""

from __future__ import annotations

import re
from pathlib import Path

from tests.stories.people import People, Person
from tests.stories.plan_steps import COVERAGE, HOMES

COUNTY, TOWN = "农安县", "合隆镇"
FIRST, CORRECTED, OTHERS = 1280, 1208, 300
REASON = "与改造验收单不符：验收单合计 1208 户，请核对后重报。"


# -- the ledger --------------------------------------------------------------------------------------
def the_ledger_is_filled(people: People) -> None:
    county, town = people["na.jingban"], people["helong.zhen"]
    register(county, ("农安镇区域养老服务中心", "农安镇", "2023-03-20"))
    county.must_read("已登记 1 行", "农安镇区域养老服务中心")
    register(town, (f"{TOWN}区域养老服务中心", "农安镇", "2023-04-10"))
    town.must_read("没有“农安镇”这个地方，或不在您的管辖范围内")
    town.fill("第 1 行 所在地", TOWN)
    town.press("登记，送县局核实")
    town.must_read("已登记 1 行", TOWN)
    county.menu("待办")
    county.must_read("乡镇登记的 1 行等您核实")
    county.follow("乡镇登记的 1 行等您核实")
    county.follow(f"{TOWN}区域养老服务中心")
    county.press("核实，计入看板")
    county.must_read("计入看板")


def register(person: Person, *rows: tuple[str, str, str]) -> None:
    """Rows of point 14's ledger: name, place, in use since (empty: not yet)."""
    person.menu("指标台账")
    person.follow("登记台账")
    person.choose("指标", COVERAGE)
    for n, (name, place, since) in enumerate(rows, start=1):
        if n > 1:
            person.press("再加一行")
        person.fill(f"第 {n} 行 名称", name)
        person.fill(f"第 {n} 行 所在地", place)
        person.fill(f"第 {n} 行 投用日期", since)
    person.press(re.compile("^登记，"))


# -- the monthly report --------------------------------------------------------------------------------
def a_county_reports_and_is_returned_once(people: People, proof: Path) -> None:
    clerk, lead = people["na.jingban"], people["chen.yu"]
    clerk.menu("月报填报")
    clerk.must_read("2023年9月月报", HOMES)
    clerk.fill("已完成改造户数", str(FIRST))
    clerk.press("报出已填的项，送签核")
    clerk.must_read("没有报出，内容都还在", "请附佐证")
    clerk.fill("进展与问题", "已完成入户评估、施工和验收。")
    clerk.attach("佐证", proof)
    clerk.press("报出已填的项，送签核")
    clerk.must_read("已报出 1 项，送本单位签核")
    _sign_up_the_chain(people)
    open_work(lead, HOMES)
    lead.must_read(f"{FIRST:,}", proof.name, "已完成入户评估")
    assert lead.download(proof.name) == proof.read_bytes()
    lead.page.locator("summary", has_text="退回填报人").click()
    lead.press("退回")
    lead.must_read("退回必须写明原因")
    lead.fill("退回原因", REASON)
    lead.press("退回")
    clerk.menu("待办")
    clerk.must_read(f"退回过 1 次：{REASON[:10]}")
    clerk.follow(re.compile(HOMES))
    clerk.must_read(REASON)
    assert clerk.field("已完成改造户数").input_value() == str(FIRST)
    clerk.fill("已完成改造户数", f"{CORRECTED:,}")
    clerk.press("报出已填的项，送签核")
    _sign_up_the_chain(people)
    open_work(lead, HOMES)
    lead.press("验收：数据计入看板")
    _the_others_report(people, proof)


def _sign_up_the_chain(people: People) -> None:
    """股长, 分管副局长, 市局."""
    for username, verb in (("na.guzhang", "签核"), ("na.fenguan", "签核"), ("cc.jingban", "审核通过")):
        open_work(people[username], HOMES)
        people[username].press(verb)
        people[username].must_read("已办")


def _the_others_report(people: People, proof: Path) -> None:
    """长白山 reports to the 处室 directly; what it says is only its own and its superiors' to open."""
    area, chief, lead = people["cbs.jingban"], people["cbs.fenguan"], people["chen.yu"]
    area.menu("月报填报")
    area.fill("已完成改造户数", str(OTHERS))
    area.attach("佐证", proof)
    area.press("报出已填的项，送签核")
    open_work(chief, HOMES)
    report = chief.here
    chief.press("签核")
    for username in ("na.jingban", "na.fenguan", "cc.jingban"):
        assert people[username].status(report) == 404, username
    open_work(lead, HOMES)
    lead.press("验收：数据计入看板")


def open_work(person: Person, title: str) -> None:
    """Open what waits for a person."""
    person.menu("待办")
    person.follow(re.compile(re.escape(title)))


# -- what comes of it ----------------------------------------------------------------------------------
def the_board_shows_what_was_accepted(people: People) -> None:
    lead = people["chen.yu"]
    whole = f"{CORRECTED + OTHERS:,}"
    lead.menu("要点看板")
    lead.go("/console/plan/13/")
    lead.must_read(whole, "完成不少于7000户改造任务")
    lead.follow("逐级看到台账")
    lead.must_read(f"现在是 {whole}", "与上面的数一致")
    assert figures(lead, "已完成改造户数（累计）") == {CORRECTED, OTHERS}
    lead.follow("长春市")
    lead.follow(COUNTY)
    lead.must_read(f"现在是 {CORRECTED:,}", "合成这个数的 1 行", "与上面的数一致")
    lead.follow(re.compile("2023年9月"))
    lead.must_read("已验收，计入看板", f"{CORRECTED:,}")


def figures(person: Person, column: str) -> set[int]:
    """The numbers of a column of the table by unit."""
    cells = person.page.locator(f'main td.num[data-h="{column}"]').all_inner_texts()
    return {int(c.replace(",", "").split()[0]) for c in cells if c.strip() and c[0].isdigit()}
