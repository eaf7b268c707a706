"""How long documents take: a report with charts, and a register of 10,000 rows. `python benchmarks/bench_documents.py`."""

from __future__ import annotations

import io
import resource
import sys
import time
from dataclasses import replace
from pathlib import Path

import pypdf

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from jimin.engines.documents.model import Document, Table
from jimin.engines.documents.pdf import to_pdf
from jimin.engines.documents.tests import samples
from jimin.engines.documents.word import to_docx


def measure(name: str, document: Document, times: int) -> None:
    """Print the median time of `times` different documents like this one."""
    for render in (to_pdf, to_docx):
        taken = []
        made = b""
        for turn in range(times):
            start = time.perf_counter()
            made = render(replace(document, title=f"{document.title}{turn}"))
            taken.append(time.perf_counter() - start)
        median = sorted(taken)[len(taken) // 2] * 1000
        pages = len(pypdf.PdfReader(io.BytesIO(made)).pages) if render is to_pdf else 0
        each = f"{pages} pages, {median / pages:.1f} ms a page, " if pages else ""
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(f"{name} {render.__name__}: {median:.0f} ms, {each}{len(made) // 1024} KB, peak {peak} MB", flush=True)


def register(rows: int) -> Document:
    """A landscape register of six columns."""
    header = ("编号", "县（市、区）", "姓名", "事项", "金额", "日期")
    words = "推进居家和社区基本养老服务提升行动"
    lines = [(i, "农安县", "王桂兰", words * (1 + i % 3), i * 137, "2023年10月10日") for i in range(1, rows + 1)]
    return Document("台账", "任务台账", [Table(header, lines)], issuer="某厅", date=samples.DAY, landscape=True)


if __name__ == "__main__":
    to_pdf(samples.notice())  # fonts are read once a process
    measure("notice", samples.notice(), 50)
    measure("register of 1,000 rows", register(1_000), 3)
    measure("register of 10,000 rows", register(10_000), 1)
