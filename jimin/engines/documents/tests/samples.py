"""A 公文, a report and a register that the tests share."""

from __future__ import annotations

import io
import re
from datetime import date
from decimal import Decimal

import docx
import pypdf

from jimin.engines.documents import charts
from jimin.engines.documents.model import (
    Block,
    Document,
    Figure,
    Heading,
    KeyValues,
    Note,
    Run,
    Table,
    numbered,
    paragraph,
    quote,
)

DAY = date(2023, 10, 10)
LAW = "（十三）城市社区综合服务设施覆盖率达到100%，农村社区综合服务设施覆盖率达到80%以上。"
SENTENCE = "省厅对截至9月底的46项重点任务进展情况进行了汇总，现将有关情况通报如下。"


def reports() -> Table:
    return Table(
        ("序号", "市（州）", "应报", "按期率", "主要原因"),
        [(1, "长春市", 12345, "88.0%", "佐证材料未报"), (2, "延边朝鲜族自治州", 987654321, "96.5%", None)],
        caption="表1　月报报送情况",
        note="来源：各市（州）月报。",
    )


def chart() -> str:
    return charts.bullet(
        [charts.Bullet("街道养老服务中心", 96, 120, 118), charts.Bullet("适老化改造", Decimal("71.5"), 80)],
        label="指标进度",
        unit="个",
    )


def blocks() -> tuple[Block, ...]:
    return numbered(
        [
            paragraph(SENTENCE),
            Heading("总体进展"),
            paragraph("其中", Run("按期32项", bold=True), "，姓名含𠮷、䶮。"),
            quote(LAW),
            Heading("报送情况", 2),
            reports(),
            KeyValues([("责任单位", "养老服务处"), ("完成数", 1234567)]),
            Figure(chart(), alt="两项指标的进度", caption="图1　指标进度"),
            Note("注：数据为演示。"),
            Heading("下一步工作"),
        ]
    )


def notice(**changes: object) -> Document:
    given: dict[str, object] = {
        "kind": "公文",
        "title": "吉林省民政厅关于2023年第三季度全省民政重点工作任务进展情况的通报",
        "blocks": blocks(),
        "number": "吉民函〔2023〕117号",
        "issuer": "吉林省民政厅",
        "recipients": ("各市（州）民政局", "各县（市、区）民政局"),
        "date": DAY,
        "attachments": ("重点任务进展台账", "督办单清单"),
        "copies_to": ("省政府办公厅",),
        "printed_by": "吉林省民政厅办公室",
        "printed_on": DAY,
    }
    return Document(**(given | changes))  # type: ignore[arg-type]


def pdf_pages(pdf: bytes) -> list[str]:
    """The text of each page without spaces and line ends."""
    return [re.sub(r"\s", "", page.extract_text()) for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]


def pdf_text(pdf: bytes) -> str:
    return "".join(pdf_pages(pdf))


def docx_text(data: bytes) -> str:
    """All text of a Word file in order, tables too."""
    body = docx.Document(io.BytesIO(data)).element.body
    return "".join(t.text or "" for t in body.iter("{*}t"))
