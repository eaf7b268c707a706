"""A demonstration's own confirmation of parameters: through the same two actions, by two people, marked 演示 everywhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jimin.core import clock
from jimin.core.access.models import Appointment
from jimin.core.access.scope import Actor
from jimin.core.divisions.models import ReportingUnit
from jimin.core.files import api as files
from jimin.engines.cases.flows import chain_of
from jimin.engines.documents.model import Document, Paragraph, Table
from jimin.engines.documents.pdf import to_pdf
from jimin.engines.policy import programmes, yamlfile
from jimin.engines.policy.actions import ProposeParameter, SignParameter
from jimin.engines.policy.errors import RuleError
from jimin.engines.policy.models import ParameterRecord

FILE = "parameters.yaml"


def build(folder: Path) -> int:
    """Confirm the values of a pack's demo folder; returns how many. Refuses (RuleError) outside a demonstration.

    A paper that was carried out is left as it is.
    """
    file = folder / FILE
    if not clock.is_demo():
        raise RuleError("这不是演示安装，不载入演示参数", where=file.name)
    if not file.exists():
        return 0
    content = yamlfile.read(file)
    papers = content.need("papers", list, "一份一份的文件")
    known = set(ParameterRecord.objects.filter(demo=True).values_list("document_no", flat=True))
    return sum(_paper(content["domain"], paper) for paper in papers if paper["document_no"] not in known)


def _paper(domain: str, paper: Any) -> int:
    office = ReportingUnit.objects.get(code=paper["office"], valid_to=None)
    maker, *signers = [_at(office, role) for role in chain_of(office)]
    with clock.on_day(paper["day"]):
        scan = _scan(domain, paper)
        for value in paper["values"]:
            file = files.keep(f"{paper['document_no']}.pdf", scan, actor=maker)
            done = ProposeParameter.perform(maker, _proposal(domain, paper, value) | {"scan": file.pk})
            for signer in () if paper.get("waiting") else signers:
                version = ParameterRecord.objects.values_list("version", flat=True).get(pk=done["record"])
                SignParameter.perform(signer, {"record": done["record"], "version": version, "opinion": "演示"})
    return len(paper["values"])


def _at(office: ReportingUnit, role: str) -> Actor:
    posts = Appointment.objects.filter(unit=office, role=role, valid_to=None, acting_for=None)
    return Actor.of(posts.select_related("account", "unit__superior").order_by("valid_from", "id")[0])


def _proposal(domain: str, paper: Any, value: Any) -> dict[str, Any]:
    return {
        "domain": domain,
        "path": value["path"],
        "area": value.get("area", ""),
        "value": value["value"],
        "valid_from": value["from"],
        "issuer": paper["issuer"],
        "document_no": paper["document_no"],
        "article": "演示，不是任何地方的规定",
    }


def _scan(domain: str, paper: Any) -> bytes:
    """A paper that says of itself that it is invented."""
    known = programmes.national(domain)
    rows = [[known.items[v["path"]].title, v.get("area", ""), str(v["value"]), str(v["from"])] for v in paper["values"]]
    return to_pdf(
        Document(
            title=paper["title"],
            issuer=paper["issuer"],
            kind="报告",
            date=paper["day"],
            mark="演示",
            blocks=[
                Paragraph([f"{paper['document_no']}。演示用，数都是编的，不是任何地方的规定。"]),
                Table(["参数", "城乡", "数值", "施行日期"], rows),
            ],
        )
    )
