"""Point 14 is behind: the order, its answer, the records that turn the light, the closing; and a rectification."""

from __future__ import annotations

import io
import re
from pathlib import Path

import docx
import pypdf

from tests.stories.county_steps import COUNTY, open_work, register
from tests.stories.people import People, Person
from tests.stories.plan_steps import COVERAGE

QUOTE = "区域养老服务中心在乡镇的覆盖率达到20%"
OWN = "/console/plan/14/?unit=220122"
CODE = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}")
LATER = ("哈拉海镇", "伏龙泉镇", "靠山镇", "开安镇", "烧锅镇")
NOBODY = "/01890000-0000-7000-8000-000000000000/"


def light(person: Person, address: str = OWN) -> str:
    """The light of point 14 as the board shows it: ok, slow, late or none."""
    person.go(address)
    shown = person.page.locator("#point h2 .light").first.get_attribute("class") or ""
    return next(word for word in ("ok", "slow", "late", "none") if word in shown.split())


# -- the order ---------------------------------------------------------------------------------------------
def an_order_goes_to_the_county_that_is_behind(people: People) -> None:
    lead, chief, leader = people["chen.yu"], people["zhao.lixin"], people["zhou.ting"]
    assert light(lead) == "late"
    lead.follow("就这一点拟办督办单")
    for unit in lead.page.get_by_role("checkbox").all():
        unit.set_checked(unit.get_attribute("value") == "220122")
    lead.fill("督办事由", "落后。")
    lead.press("送签")
    lead.must_read("至少")
    lead.fill("督办事由", f"{COUNTY}区域养老服务中心乡镇覆盖率明显低于要点目标，今年新增只有 2 个。")
    lead.fill("办理要求", "逐个项目列出投用时间，10 月内达到要点目标。")
    lead.press("送签")
    lead.must_read("督办单已拟好，送签", "拟办时 9.1%")  # 2 of 22 乡镇
    order = lead.here
    for signer, verb in ((chief, "签核，送下一环节"), (leader, "签发")):
        open_work(signer, COVERAGE)
        signer.follow(verb)
        signer.press(verb)
        signer.must_read("已签")
    leader.go(order)
    leader.must_read("督〔2023〕1号", "待回复")
    _the_document_is_true(leader)
    assert people["cbs.jingban"].status(order) == 404


def _the_document_is_true(leader: Person) -> None:
    """Word and PDF carry the plan's sentence and the number; the code at the foot is the right one for anybody."""
    printed = leader.download(re.compile(r"\.pdf$"))
    paper = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(printed)).pages)
    word = docx.Document(io.BytesIO(leader.download(re.compile(r"\.docx$"))))
    written = "".join(p.text for p in word.paragraphs)
    for said in (re.sub(r"\s", "", paper), re.sub(r"\s", "", written)):
        assert QUOTE in said and "督〔2023〕1号" in said
    code = CODE.search(paper)
    assert code
    leader.go("/verify")
    leader.fill("核验码", code[0].lower())
    leader.press(re.compile("核对"))
    leader.must_read("是真的，现在有效", "督〔2023〕1号")


def the_county_answers_and_catches_up(people: People) -> None:
    clerk, chief, deputy, lead = (people[n] for n in ("na.jingban", "na.guzhang", "na.fenguan", "chen.yu"))
    open_work(clerk, "回复督办单")
    clerk.fill("落后原因", "两个项目消防验收排队，投用晚于计划。")
    clerk.fill("办理措施", "县政府已协调集中验收，五个项目本月投用。")
    clerk.fill("承诺完成日期", "2023-10-31")
    clerk.press("送本单位签复")
    clerk.must_read("回复已送签")
    for signer in (chief, deputy):
        open_work(signer, "回复督办单")
        signer.follow("签复")
        signer.press("签复")
        signer.must_read("已签")
    deputy.must_read("已签复")
    assert light(lead) == "late"  # words turn no light
    register(clerk, *((f"{town}区域养老服务中心", town, "") for town in LATER))
    assert light(lead) == "late"  # nor does what is not in use yet
    for town in LATER:
        clerk.menu("指标台账")
        clerk.follow(f"{town}区域养老服务中心")
        clerk.follow("更新进度")
        clerk.fill("投用日期", "2023-10-10")
        clerk.press("保存进度")
        clerk.must_read("已更新")
    assert light(lead) == "ok"
    lead.follow("逐级看到台账")
    lead.must_read("合成这个数的 7 行", "与上面的数一致")


def the_order_is_closed(people: People) -> None:
    lead = people["chen.yu"]
    lead.menu("督查督办")
    lead.follow(re.compile("督〔2023〕1号"))
    lead.must_read("已签复")
    lead.follow("销号")
    lead.fill("销号说明", "覆盖率已达到要点目标，由台账核实。")
    lead.press("销号")
    lead.must_read("已销号")


# -- the inspection's problem ------------------------------------------------------------------------------
def a_problem_of_the_inspection_is_put_right(people: People, proof: Path) -> None:
    office, clerk, chief, inspector = (people[n] for n in ("li.jia", "chen.yu", "zhao.lixin", "he.lei"))
    office.menu("巡视整改")
    office.follow("登记整改事项")
    office.fill("巡视轮次", "十二届省委第一轮巡视")
    office.fill("反馈问题", "养老机构安全检查台账不全，隐患没有闭环。")
    office.choose("责任单位", "养老处")
    office.page.get_by_label("长久立").check()
    office.fill("整改措施", "建立检查、通报、复查三本账，逐项销号。")
    office.fill("期限", "2023-12-20")
    office.press("登记并交责任单位")
    record = office.here
    clerk.go(record)
    clerk.follow("报整改情况并送签")
    clerk.fill("整改情况", "三本账已建立，42 处隐患全部复查。")
    clerk.fill("长效机制", "《养老机构安全检查办法》")
    clerk.press("报整改情况并送签")
    clerk.must_read("没有附佐证，不能报送核验")
    clerk.attach("佐证", proof)
    clerk.press("报整改情况并送签")
    clerk.must_read("已送签", proof.name)
    for signer, link, note in ((chief, "签报", "意见"), (inspector, "核验销号", "核验意见")):
        open_work(signer, "巡视整改：养老机构安全检查台账不全")
        signer.follow(link)
        signer.fill(note, "已逐项看过，属实。")
        signer.press(link)
    inspector.must_read("已销号")
    office.menu("巡视整改")
    office.must_read("已销号 1 项，共 1 项")


# -- the end of the month --------------------------------------------------------------------------------
def the_bulletin_is_issued(people: People) -> None:
    chief, clerk = people["wang.zhuren"], people["li.jia"]
    chief.menu("月度通报")
    chief.press(re.compile("^发出"))
    chief.must_read("已发出", "核验码")
    word = docx.Document(io.BytesIO(chief.download("Word")))
    cells = [cell.text for table in word.tables for row in table.rows for cell in row.cells]
    said = "".join([*(p.text for p in word.paragraphs), *cells])
    assert "1,508" in said and COVERAGE in said
    clerk.go("/console/plan/bulletin/")
    clerk.must_read("通报由办公室主任发出")
    assert clerk.send("/console/plan/bulletin/") == 403


def nobody_does_what_is_not_theirs(people: People) -> None:
    county, town, leader = people["na.jingban"], people["helong.zhen"], people["zhou.ting"]
    for person in (county, town, leader):
        for page in ("reports", "orders", "replies", "items", "tasks", "office/rectifications"):
            assert person.status(f"/console/{page}{NOBODY}") in (403, 404), page
    assert county.send(f"/console/plan-import{NOBODY}in-force/") == 403
    assert county.send("/console/orders/draft/") == 403
    assert town.send("/console/sheet/2023-09/") == 403
    assert leader.send(f"/console/plan-import{NOBODY}tasks/") == 403


def everybody_goes_through_their_menu(people: People) -> None:
    """Every page that a role's menu leads to, and the board's, at that role's width; looking is what it is for."""
    for person in people.known.values():
        person.go("/console/")
        links = person.page.locator("#menu ul a").all()
        paths = [str(link.get_attribute("href")) for link in links]
        for path in dict.fromkeys([*paths, "/console/plan/14/", "/console/plan/i/elder.regional_centres/"]):
            if path not in person.seen:
                person.go(path, times=1)
