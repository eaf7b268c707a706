"""The office reads the plan, and the 处室 divides it: everything before the first report."""

from __future__ import annotations

import re

from jimin.platform.packs import settings as pack
from jimin.platform.places import pack_folder
from tests.stories.people import People, Person

COVERAGE, HOMES = "区域养老服务中心乡镇覆盖率", "特殊困难老年人家庭适老化改造"
POINTS = 46


def the_office_reads_the_plan(people: People) -> None:
    clerk, chief = people["li.jia"], people["wang.zhuren"]
    clerk.menu("要点看板")
    clerk.follow("去导入")
    clerk.press("读入并核对")
    clerk.must_read("请选择文件")
    clerk.attach("要点文件", pack_folder() / pack()["plan"])
    clerk.press("读入并核对")
    clerk.must_read("已读入，请逐处核对", "存疑的先看")
    draft = clerk.here
    _settle_doubts(clerk)
    _name_leads(clerk)
    chief.go(draft)
    _measure(clerk, draft)
    assert chief.send(draft + "in-force/", version="0") == 409  # not the plan that was on the screen
    chief.go(draft)
    chief.press("定稿执行")
    chief.must_read("已定稿执行。下一步：生成任务清单。")
    clerk.go(draft)
    clerk.press("生成任务清单")
    clerk.must_read("新生成")


def _settle_doubts(clerk: Person) -> None:
    """The number that is no promise is none; one deliverable is judged by itself, the rest chapter by chapter."""
    doubts = clerk.page.locator("#doubts tr[data-part]")
    numbers = doubts.filter(has=clerk.page.locator("td:nth-child(2)", has_text="数"))
    left = doubts.count()
    assert left > numbers.count() + 1 > 1
    while numbers.count():
        clerk.press(re.compile("^不是"), numbers.first)
        clerk.must_read("已记为“不是”")
        left -= 1
    assert doubts.count() == left
    clerk.press(re.compile("^是"), doubts.first)
    clerk.must_read("已记为“是”")
    chapters = 0
    while doubts.count():
        clerk.follow(re.compile("^全选这一章"))
        clerk.press("确认所选，都读得对")
        clerk.must_read("已确认")
        chapters += 1
    assert chapters < left
    clerk.must_read("没有存疑的了")


def _name_leads(clerk: Person) -> None:
    """The proposals are taken as they are; what has none goes to the office."""
    leads = clerk.page.get_by_label("点牵头处室")
    assert leads.count() == POINTS
    for select in leads.all():
        if select.input_value() == "":
            select.select_option(label="办公室")
    clerk.fill("第 14 点简称", "农村养老")
    clerk.press("保存牵头处室和简称")
    clerk.must_read(f"已保存 {POINTS} 点的牵头处室和简称")
    for no in (13, 14):
        assert clerk.field(f"第 {no} 点牵头处室").input_value() == "t.elder"


def _measure(clerk: Person, draft: str) -> None:
    """Point 14 by the ledger's rows over the register's towns, this year's goal and the later one; 13 as reported."""
    for quote in ("区域养老服务中心在乡镇的覆盖率达到20%", "2025年覆盖率达到60%"):
        clerk.go(draft)
        clerk.follow(f"设定口径 {quote}")
        clerk.must_read(quote)
        clerk.fill("代码", "elder.regional_centres")
        clerk.fill("指标", COVERAGE)
        clerk.fill("填报或计数的是什么", "有区域养老服务中心的乡镇")
        clerk.choose("形式", "占比")
        clerk.choose("来源方式", "系统计算")
        clerk.press("设定口径")
        clerk.must_read("占比必须写明分母是什么")
        clerk.fill("分母是什么", "乡镇")
        clerk.choose("分母取自名单", "乡镇")
        clerk.choose("怎样计算", "planning.towns")
        clerk.press("设定口径")
        clerk.must_read("口径已设定")
    clerk.go(draft)
    clerk.follow("设定口径 完成不少于7000户改造任务")
    clerk.fill("代码", "elder.home_adaptation")
    clerk.fill("指标", HOMES)
    clerk.fill("填报或计数的是什么", "已完成改造户数（累计）")
    clerk.press("设定口径")
    clerk.must_read("口径已设定，要点目标：不低于 7000户")


# -- the 处室 ------------------------------------------------------------------------------------
def the_lead_divides_the_tasks(people: People) -> None:
    lead = people["chen.yu"]
    _open_task(lead, HOMES)
    lead.follow("分解到单位")
    lead.follow("各县（市、区）和管委会")
    _give(lead, {"农安县": "4000", "德惠市": "1000", "长白山": "1500"})
    lead.press("下达给勾选的单位")
    lead.must_read("各单位合计 6500，少于要点目标 7000")
    lead.fill("德惠市 目标", "1500")
    lead.press("下达给勾选的单位")
    lead.must_read("已下达 3 个单位")
    _open_task(lead, COVERAGE)
    lead.follow("分解到单位")
    lead.follow("各县（市、区）和管委会")
    _give(lead, {"农安县": "20", "德惠市": "20"})  # 长白山 has no 乡镇
    lead.press("下达给勾选的单位")
    lead.follow("补分解或改数")
    lead.follow("各市（州）和管委会")
    _give(lead, {"长春市": "20"})
    lead.press("下达给勾选的单位")
    lead.must_read("已下达 1 个单位", "农安县", "德惠市", "长春市")
    _open_task(lead, "家庭养老床位试点")
    lead.follow("排定环节")
    lead.press("排定")
    lead.must_read("环节已排定")
    lead.follow("记为完成")
    lead.fill("完成日期", "2023-03-06")
    lead.press(re.compile("完成"))
    lead.must_read("已完成")


def _open_task(person: Person, title: str) -> None:
    person.menu("任务")
    person.fill("查找", title)
    person.press("筛选")
    person.follow(title)


def _give(lead: Person, goals: dict[str, str]) -> None:
    for unit, goal in goals.items():
        lead.page.get_by_role("checkbox", name=unit, exact=True).check()
        lead.fill(f"{unit} 目标", goal)
