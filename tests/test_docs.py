"""The documentation tells of what is there: links, names and commands are checked against the tree."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from django.apps import apps
from django.db.models import TextChoices

from jimin.core.access.roles import Role
from jimin.core.actions.base import REGISTRY
from jimin.engines.alerts.signals import SIGNALS
from jimin.engines.cases.flows import FLOWS
from jimin.engines.indicators.figures import Light
from jimin.platform import cli, demo

ROOT = Path(__file__).parents[1]
TOP = ("README.md", "README.en.md", "CONTRIBUTING.md", "CHANGELOG.md")
PAGES = [ROOT / name for name in TOP]
PAGES += sorted((ROOT / "docs").rglob("*.md")) + sorted((ROOT / "jimin").rglob("DESCRIPTION.md"))

LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"`([^`\n]+)`")
# `jimin/core/clock.py` or `jimin/core/clock.py::business_day`; a folder ends with a stroke.
REFERENCE = re.compile(r"^((?:jimin|packs|tests|benchmarks|docs|\.ci)/[\w./〔〕-]*)(?:::([\w.]+))?$")
LINKED = re.compile(r"\[([^\]]*)\]\(([^)#\s]+\.py)\)")
FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)


def prose(page: Path) -> str:
    """A page without its blocks of code."""
    return FENCE.sub("", page.read_text("utf-8"))


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


def headings(page: Path) -> set[str]:
    """The anchors of a page, as GitHub makes them."""
    found = re.findall(r"^#+\s+(.*)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", h.strip().lower()).replace(" ", "-") for h in found}


def defines(path: Path, name: str) -> bool:
    """Whether a module defines a name: a class, a function, a method or a value. `A.b` asks for both."""
    text = path.read_text("utf-8")
    return all(
        re.search(
            rf"^\s*(?:class|def|async def)\s+{re.escape(part)}\b|^\s*{re.escape(part)}\s*(?::[^=\n]+)?=", text, re.M
        )
        for part in name.split(".")
    )


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_relative_link_leads_somewhere(page: Path):
    wrong = []
    for target in LINK.findall(prose(page)):
        if re.match(r"[a-z]+:", target):
            continue
        path, _hash, anchor = target.partition("#")
        found = (page.parent / path).resolve() if path else page
        if not found.exists() or (anchor and found.suffix == ".md" and anchor not in headings(found)):
            wrong.append(target)
    assert not wrong


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_path_and_name_in_the_code_exists(page: Path):
    text = prose(page)
    wrong = []
    for said in CODE.findall(text):
        match = REFERENCE.match(said)
        if match and "NNNN" not in said:
            path = ROOT / match[1]
            if not path.exists() or (match[2] and not defines(path, match[2])):
                wrong.append(said)
    for label, target in LINKED.findall(text):
        path = (page.parent / target).resolve()
        names = [n for n in CODE.findall(label) if re.fullmatch(r"[A-Za-z_][\w.]*", n) and not n.endswith(".py")]
        wrong += [f"{name} in {target}" for name in names if not defines(path, name)]
    assert not wrong


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_command_exists(page: Path):
    text = page.read_text("utf-8")
    targets = set(re.findall(r"^([a-z][\w-]*):", (ROOT / "Makefile").read_text("utf-8"), re.M))
    asked = set(
        re.findall(r"(?:^|`|[\s(])make ([a-z][\w-]*)", "\n".join([*CODE.findall(text), *FENCE.findall(text)]), re.M)
    )
    assert asked <= targets
    words = set(re.findall(r"(?:^|`|bin/|-m )jimin ([a-z]+)", text, re.M))
    assert words <= cli.known_commands()


def test_both_readmes_name_every_demo_sign_in_that_the_start_prints():
    for name in ("README.md", "README.en.md"):
        text = (ROOT / name).read_text("utf-8")
        assert [p.account for p in demo.sign_ins() if f"`{p.account}`" not in text] == []
        assert demo.sign_ins()[0].password in text


def test_both_readmes_show_the_same_pictures_each_smaller_than_300_kb():
    shown = [
        set(re.findall(r"docs/img/[\w-]+\.png", (ROOT / n).read_text("utf-8"))) for n in ("README.md", "README.en.md")
    ]
    assert shown[0] and shown[0] == shown[1]
    assert {str(f.relative_to(ROOT)) for f in (ROOT / "docs/img").iterdir()} == shown[0]
    assert [f for f in shown[0] if (ROOT / f).stat().st_size >= 300_000] == []


def test_every_room_says_what_it_is():
    rooms = [
        folder
        for group in ("core", "engines", "domains")
        for folder in (ROOT / "jimin" / group).iterdir()
        if (folder / "__init__.py").exists()
    ]
    rooms += [ROOT / "jimin/platform", *(ROOT / "jimin/sites" / site for site in ("api", "console", "live", "portal"))]
    assert [name_of(r) for r in rooms if not (r / "DESCRIPTION.md").exists()] == []


def test_operations_names_every_environment_variable_that_the_code_reads():
    said = set(re.findall(r"`(JIMIN_\w+|DATABASE_URL)`", (ROOT / "docs/operations.md").read_text("utf-8")))
    code = [f for f in (ROOT / "jimin").rglob("*.py") if "tests" not in f.parts]
    read = {
        name
        for f in code
        for name in re.findall(r"environ[^\n]{0,12}[\"'](JIMIN_\w+|DATABASE_URL)", f.read_text("utf-8"))
    }
    assert sorted(read - said) == []


def own_choices() -> list[type[TextChoices]]:
    """Every list of choices that the product declares."""

    def below(cls: type[TextChoices]) -> list[type[TextChoices]]:
        return [c for sub in cls.__subclasses__() for c in (sub, *below(sub))]

    return [c for c in below(TextChoices) if c.__module__.startswith("jimin.")]


def glossary() -> set[str]:
    """What the glossary's tables explain in code marks."""
    text = (ROOT / "docs/glossary.md").read_text("utf-8")
    return {said for line in text.splitlines() if line.startswith("|") for said in CODE.findall(line)}


def of_the_product(module: str) -> bool:
    """Whether a declaration is the product's own, not one that a test made for itself."""
    return module.startswith("jimin.") and ".tests" not in module


def test_the_glossary_has_every_record_role_action_and_kind_of_work():
    models = {m.__name__ for m in apps.get_models() if of_the_product(m.__module__)}
    roles = {str(value) for value in Role.values}
    actions = {name for name, action in REGISTRY.items() if of_the_product(action.__module__)}
    signals = {name for name, s in SIGNALS.items() if of_the_product(s.find.__module__)}
    kinds = {kind for kind, flow in FLOWS.items() if of_the_product(type(flow).__module__)}
    assert sorted((models | roles | actions | signals | kinds) - glossary()) == []


def test_the_glossary_has_every_status_under_its_list():
    wanted = {f"{c.__name__}.{member}" for c in own_choices() if c is not Role for member in c.__members__}
    wanted |= {f"Light.{light.name}" for light in Light}
    assert sorted(wanted - glossary()) == []


def test_the_glossary_explains_nothing_that_is_gone():
    gone = []
    dotted = re.compile(r"(?:access|alerts|files|parties|planning|registers)\.[a-z_.]+")
    known = {*REGISTRY, *SIGNALS, *FLOWS}
    members = {f"{c.__name__}.{m}" for c in own_choices() for m in c.__members__} | {f"Light.{x.name}" for x in Light}
    for said in glossary():
        if dotted.fullmatch(said) and said not in known:
            gone.append(said)
        if re.fullmatch(r"[A-Z]\w+\.[A-Z_]+", said) and said not in members:
            gone.append(said)
    assert gone == []


def test_decision_records_are_numbered_through_and_have_the_same_parts():
    records = sorted((ROOT / "docs/decisions").glob("[0-9]*.md"))
    assert [int(r.name[:4]) for r in records] == list(range(1, len(records) + 1))
    index = (ROOT / "docs/decisions/README.md").read_text("utf-8")
    for record in records:
        text = record.read_text("utf-8")
        assert [h for h in ("## 背景", "## 决定", "## 后果") if h not in text] == [], record.name
        assert record.name in index


def test_no_page_names_a_path_of_one_machine():
    listed = subprocess.run(["git", "ls-files", "*.md"], cwd=ROOT, capture_output=True, text=True, check=False)
    files = {ROOT / name for name in listed.stdout.splitlines()} | set(PAGES)
    wrong = [name_of(f) for f in files if re.search(r"/(?:work|srv|root|home)/", f.read_text("utf-8"))]
    assert wrong == []
