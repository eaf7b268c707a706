"""月度通报: the board of a month as a 公文, each figure with its source. Printed text is Chinese whatever the reader's language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from uuid import UUID

from django.utils.translation import override

from jimin.domains.planning import board, board_people, board_point, board_words
from jimin.domains.planning.board import Board, PointState
from jimin.domains.planning.board_figures import Figure
from jimin.domains.planning.board_people import Missing, Owner
from jimin.domains.planning.models import Plan
from jimin.engines.documents.model import (
    Block,
    Cell,
    Document,
    Heading,
    KeyValues,
    Note,
    Paragraph,
    Table,
    numbered,
    paragraph,
    quote,
)
from jimin.engines.indicators.figures import Light, settings

RECIPIENTS = ("各市（州）民政局", "各县（市、区）民政局", "厅机关各处（室）、各直属单位")
WORD = {Light.LATE: "落后", Light.SLOW: "偏慢", Light.OK: "按期", Light.NONE: "不亮灯"}


def compose(plan: Plan, period: date, number: str = "", issued: date | None = None) -> Document:
    """The bulletin of a month as a document, without number and date while it is a draft."""
    with override("zh-hans"):
        day = board.day_of(period)
        data = board.read(plan, day)
        owners = board_people.owners((s.point.lead_id for s in data.states), day)
        missing = board_people.missing(plan, day)
        blocks = [
            *_summary(data, missing),
            *_behind(data, owners),
            *_turns(data),
            *_missing(missing),
            Note(_method()),
        ]
        return Document(
            kind="公文",
            title=f"关于《{plan.title}》{period.year}年{period.month}月落实情况的通报",
            number=number,
            issuer=plan.issuer or plan.title,
            recipients=RECIPIENTS,
            date=issued,
            blocks=[*numbered(blocks), *_annex(data)],
        )


def conclusion(data: Board, missing: Missing) -> str:
    """The board in one sentence, in Chinese as the bulletin has it."""
    with override("zh-hans"):
        late, slow, ok = (data.counts[x] for x in (Light.LATE, Light.SLOW, Light.OK))
        if data.silent:
            text = "还没有任何填报或登记，不能判断进度。"
        else:
            text = f"按现有进度推算，年底有 {late} 点完不成，{slow} 点可能差一点，{ok} 点按期。"
        top = data.biggest
        if top is not None:
            text += f"缺口最大的是第 {top.point.no} 点{top.point.short_title or top.point.title}：{_gap(top)}。"
        if missing.units:
            text += f"另有 {len(missing.units)} 个单位 {missing.period.month} 月报告未报。"
        return text


def _gap(state: PointState) -> str:
    figure = state.main
    if figure is not None and board_words.decided_by_number(state):
        return f"{figure.indicator.numerator_title}还差 {board_words.counted(figure.left, figure)}"
    return board_words.made_trouble(state.worst_made) if state.worst_made else board_words.state_word(state)


def _summary(data: Board, missing: Missing) -> list[Block]:
    rows: list[list[Cell]] = []
    chapters: dict[str, Counter[Light]] = {}
    for state in data.states:
        chapters.setdefault(state.point.chapter.short_title or state.point.chapter.title, Counter())[state.light] += 1
    order = (Light.LATE, Light.SLOW, Light.OK, Light.NONE)
    rows = [[name, *(tally[x] for x in order), sum(tally.values())] for name, tally in chapters.items()]
    rows.append(["合计", *(data.counts[x] for x in order), len(data.states)])
    return [
        Heading("总体情况"),
        paragraph(f"数据截至 {_day(data.day)}。{conclusion(data, missing)}"),
        Table(
            header=["章", *(WORD[x] for x in order), "点数"], rows=rows, total=True, caption="各章要点状态",
            align=["left", "right", "right", "right", "right", "right"],
            note="灯由已验收的报告、已核实的台账和环节完成日期推算，不能填写；原文没有数也没有成果的，或尚无数据的，不亮灯。",
        ),
    ]  # fmt: skip


def _behind(data: Board, owners: Mapping[UUID, Owner]) -> list[Block]:
    late = [s for s in data.behind if s.light == Light.LATE]
    slow = [s for s in data.behind if s.light == Light.SLOW]
    found: list[Block] = []
    if late:
        found.append(Heading("推算完不成的要点"))
        for state in late:
            found += _one(state, owners, data.day)
    if slow:
        found.append(Heading("可能差一点的要点"))
        rows: list[list[Cell]] = [
            [s.point.no, s.point.short_title or s.point.title, _gap(s), str(s.point.lead or "")] for s in slow
        ]
        found.append(
            Table(header=["点", "要点", "差距", "牵头单位"], rows=rows, align=["right", "left", "left", "left"])
        )
    return found


def _one(state: PointState, owners: Mapping[UUID, Owner], day: date) -> list[Block]:
    point = state.point
    owner = owners.get(point.lead_id, Owner()) if point.lead_id else Owner()
    found: list[Block] = [Heading(f"第 {point.no} 点 {point.title}", 2)]
    for figure in state.lit:
        if figure.light not in (Light.LATE, Light.SLOW):
            continue
        found += [
            *(quote(t) for t in promised(state, figure)),
            KeyValues(
                [
                    ("指标", figure.indicator.title),
                    ("现值", board_words.amount(figure.now, figure.indicator)),
                    ("推算", board_words.amount(figure.ahead, figure.indicator)),
                    ("目标", f"{board_words.amount(figure.aim.value, figure.indicator)}（{_day(figure.aim.deadline)}前）" if figure.aim else "—"),
                    ("差距", board_words.shortage(figure) or "—"),
                ]
            ),
            Note(source(figure, day)),
        ]  # fmt: skip
    for made in state.made:
        if made.light in (Light.LATE, Light.SLOW):
            found += [quote(made.deliverable.quote), paragraph(f"{board_words.made_trouble(made)}。")]
    for fact in board_point.orders(point, day):
        silent = f"，{'、'.join(fact.silent)}超期未回" if fact.silent else ""
        found.append(
            paragraph(f"督办单 {fact.order.number} 已发，{fact.asked} 个单位中 {fact.answered} 个已回复{silent}。")
        )
    people = "，".join(
        x
        for x in (f"责任人{owner.chief}" if owner.chief else "", f"分管领导{owner.leader}" if owner.leader else "")
        if x
    )
    found.append(paragraph(f"牵头单位：{point.lead or '未定'}{'，' + people if people else ''}。"))
    return found


def promised(state: PointState, figure: Figure) -> list[str]:
    """The plan's own words for a figure."""
    return [t.quote for t in state.point.targets.filter(indicator=figure.indicator).order_by("start")]


def source(figure: Figure, day: date) -> str:
    """Where a figure comes from: reported or computed, as of when, from how many rows, against which list."""
    if figure.part is None:
        return "来源：尚无填报。"
    title, vintage = board_point.denominator_list(figure.indicator)
    how = "由台账逐行计数" if figure.indicator.method == "computed" else "各单位填报并经验收"
    text = f"来源：{how}，截至 {_day(day)}，{figure.part.rows} 行"
    if figure.part.denominator is not None:
        text += (
            f"；{figure.indicator.numerator_title} {board_words.plain(figure.part.numerator)}，"
            f"{figure.indicator.denominator_title} {board_words.plain(figure.part.denominator)}"
        )
    return text + (f"；分母名单：{title}（{vintage}）。" if title else "。")


def _turns(data: Board) -> list[Block]:
    if not data.turns:
        return []
    found: list[Block] = [Heading(f"{_day(data.since)}以来的变化")]
    for turn in data.turns:
        point = turn.state.point
        found.append(
            paragraph(
                f"第 {point.no} 点{point.short_title or point.title}：{WORD[turn.before]}转为{WORD[turn.state.light]}。"
                f"{board_words.reason(turn)}。"
            )
        )
    return found


def _missing(missing: Missing) -> list[Block]:
    if not missing.units:
        return []
    names = "、".join(f"{u.short_name}（{n} 项）" for u, n in missing.units)
    state = f"期限 {_day(missing.due)}{'，已过' if missing.overdue else ''}"
    return [Heading(f"{missing.period.month} 月报告未报的单位"), Paragraph([f"{state}：{names}。"])]


def _annex(data: Board) -> list[Block]:
    figures: list[list[Cell]] = [
        [
            s.point.no, f.indicator.title, board_words.amount(f.now, f.indicator),
            board_words.amount(f.ahead, f.indicator) if f.aim is not None and f.aim.lights else None,
            board_words.amount(f.aim.value, f.indicator) if f.aim is not None else None,
            WORD[f.light], str(f.indicator.get_method_display()), f.part.rows if f.part else None,
        ]
        for s in data.states for f in s.figures
    ]  # fmt: skip
    things: list[list[Cell]] = [
        [
            s.point.no, m.deliverable.title, str(m.deliverable.get_kind_display()),
            "已完成" if m.done else str(m.next.get_name_display()) if m.next else "尚未排定",
            (m.next.due_on if m.next else m.deliverable.deadline).isoformat(),
            f"逾期 {m.days} 天" if m.days else "完成" if m.done else "进行中" if m.steps_done else "尚无进展记录",
        ]
        for s in data.states for m in s.made
    ]  # fmt: skip
    found: list[Block] = []
    if figures:
        found.append(
            Table(
                header=["点", "指标", "现值", "推算", "目标", "状态", "来源", "行数"], rows=figures, landscape=True,
                caption=f"附表一　各指标（截至 {_day(data.day)}）",
                align=["right", "left", "right", "right", "right", "left", "left", "right"],
                widths=[1, 7, 3, 3, 3, 2, 2, 2],
                note="没有今年要点目标的指标不亮灯。",
            )
        )  # fmt: skip
    if things:
        found.append(
            Table(
                header=["点", "成果", "类别", "环节", "期限", "状态"], rows=things, landscape=True,
                caption=f"附表二　各项成果（截至 {_day(data.day)}）", widths=[1, 9, 3, 3, 3, 3],
                align=["right", "left", "left", "left", "left", "left"],
            )
        )  # fmt: skip
    return found


def _method() -> str:
    s = settings()
    return (
        f"推算办法：取最近 {int(s['trend_months'])} 个完整月份的月均增量推到目标期限；达到目标为按期，"
        f"达到 {int(s['slow_from'] * 100)}% 以上为偏慢，以下为落后。门槛为系统设置，要点原文没有规定。"
    )


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
