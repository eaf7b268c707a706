"""The draft of a 请示 for a change of a number: why, what it costs, and that it is no law until the register has it."""

from __future__ import annotations

from decimal import Decimal

from jimin.core import clock
from jimin.core.divisions import api as divisions
from jimin.core.divisions.models import ReportingUnit
from jimin.engines.documents.model import Align, Block, Cell, Document, Heading, Note, Table, numbered, paragraph
from jimin.engines.policy.units import SCALE, Unit
from jimin.engines.simulation.limits import least
from jimin.sites.console.simulation.present import TEN_THOUSAND, Result


def draft(result: Result, unit: ReportingUnit) -> Document:
    """The whole draft, without number and date; every page says that it is one."""
    scenario = result.scenario
    where, day = divisions.name(scenario.place), scenario.day
    blocks: list[Block] = [
        Heading("拟调整的内容"),
        *(paragraph(f"{i}．{words}。") for i, words in enumerate(result.changes, 1)),
        Heading("测算结果"),
        paragraph(f"以{day.year}年{day.month}月{day.day}日施行的规则为基础，对{where}测算：{result.sentence}"),
        paragraph(*_undecided(result)),
        Heading("测算说明"),
        paragraph(_data(result)),
        paragraph(
            "测算与审核确认用同一份规则文本，差别只在上列参数。测算不改动任何在办业务；"
            "拟调整的数经有权机关印发文件，在“政策参数”登记册拟报并经签核确认后才施行，本稿和测算结果都不是依据。"
        ),
        paragraph("妥否，请批示。"),
        Note(
            f"规则版本 {scenario.outcome.rules[:12]}，参数版本 {scenario.outcome.numbers[:12]}，方案编号 {scenario.pk}。"
        ),
    ]
    mark = "草稿　合成数据测算　不得作为依据" if scenario.synthetic else "草稿"
    return Document(
        kind="公文",
        title=f"关于调整{result.programme.title}有关参数的请示（草稿）",
        issuer=unit.name,
        blocks=[*numbered(blocks), *_table(result)],
        attachments="分县测算表",
        signature=False,
        mark=f"演示　{mark}" if clock.is_demo() else mark,
    )


def _table(result: Result) -> list[Block]:
    amounts = bool(result.programme.amount)
    heads = ["县（市、区）", "现行在领", "新纳入", "不再符合", "金额增加", "金额减少", "资料不足"]
    heads += ["一年现行（万元）", "一年多花（万元）"] if amounts else []
    rows: list[list[Cell]] = []
    for row in result.counties:
        cells: list[Cell] = [
            row["title"],
            *(row["shown"][n] for n in ("paid0", "entrants", "leavers", "gain", "loss", "undecided1")),
        ]
        cells += [_wan(row["cost0_year"]), _wan(row["more_year"])] if amounts else []
        rows.append(cells)
    total = [_told(result.total[n]) for n in ("paid0", "entrants", "leavers", "gain", "loss", "undecided1")]
    whole: list[Cell] = ["合计", *total]
    whole += [_wan(result.yearly(result.total["cost0"])), _wan(result.yearly(result.total["more"]))] if amounts else []
    align: list[Align] = ["left" if head == heads[0] else "right" for head in heads]
    return [
        Table(
            header=heads, rows=[*rows, whole], total=True, landscape=True, caption=f"分县测算表（单位：{result.unit}）",
            align=align,
            note=f"少于 {least()} 的数不显示；“—”是不显示或没有。",
        )
    ]  # fmt: skip


def _told(n: object) -> Cell:
    return f"少于 {least()}" if n is None else f"{n:,}"


def _wan(fen: int | None) -> Cell:
    return None if fen is None else (Decimal(fen) / SCALE[Unit.MONEY] / TEN_THOUSAND).quantize(Decimal("0.01"))


def _undecided(result: Result) -> list[str]:
    facts = "、".join(f.title for f in result.outcome.facts[:5])
    text = f"资料不足、没有算在内的：现行 {_told(result.total['undecided0'])} {result.unit}，按方案 {_told(result.total['undecided1'])} {result.unit}。"
    return [text + (f"抽查其中 {result.outcome.looked} {result.unit}，缺得最多的是：{facts}。" if facts else "")]


def _data(result: Result) -> str:
    if result.scenario.synthetic:
        return (
            f"测算用合成数据 {result.scenario.population.partition(':')[2]} 户：家庭、收入和分布都是编造的，"
            "只用来检验规则和方案的方向，金额和户数不是任何地方的数，不得引用。"
        )
    return f"测算用数据湖快照 {result.scenario.population.partition(':')[2]}（去标识）。"
