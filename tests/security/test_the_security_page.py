"""docs/security.md says for each threat what stops it, which test shows it, and what is not covered."""

from __future__ import annotations

import re
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "security.md"
THREAT = re.compile(r"^\*\*.+?\*\*.*?(?=^\*\*|^## |\Z)", re.MULTILINE | re.DOTALL)
TEST = re.compile(r"`((?:tests|jimin)/[\w/]+/test_\w+\.py)::(test_\w+)`")


def threats() -> list[str]:
    return THREAT.findall(PAGE.read_text("utf-8"))


def test_every_threat_names_a_test_and_what_is_not_covered() -> None:
    found = threats()
    assert len(found) >= 25
    for threat in found:
        title = threat.splitlines()[0][:40]
        assert "- 测试：" in threat and TEST.search(threat), f"no test: {title}"
        assert "- 挡不住：" in threat, f"what is not covered is not said: {title}"


def test_every_named_test_is_one() -> None:
    """tests/test_docs.py looks whether each name is defined; here: that it is a test that pytest would run."""
    root = PAGE.parents[1]
    named = TEST.findall(PAGE.read_text("utf-8"))
    assert len(named) > 50
    for path, name in named:
        assert re.search(rf"^(?:async )?def {name}\(", (root / path).read_text("utf-8"), re.MULTILINE), (path, name)
