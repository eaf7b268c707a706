"""`jimin plan import FILE --json` without Django."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path

import pytest

from jimin.domains.planning import cli
from jimin.domains.planning.reading.tests.plans import seed_bytes


def _run(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    cli.register(parser.add_subparsers())
    args = parser.parse_args(["plan", "import", *arguments])
    return int(args.run(args))


def test_json_has_the_promised_keys(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "要点.txt"
    file.write_bytes(seed_bytes())
    assert _run(str(file), "--json") == 0
    result = json.loads(capsys.readouterr().out)
    assert result["chapters"][7] == {"no": 8, "title": "强化社会事务管理"}
    assert {"point", "chapter", "title"} <= set(result["points"][0])
    target = next(t for t in result["targets"] if t["point"] == 22)
    assert (target["comparator"], target["value"], target["unit"], target["deadline"]) == (">=", 15, "%", "2023-12-31")
    assert result["deliverables"] and result["warnings"] == []


def test_a_refusal_ends_with_two_and_the_reason(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "要点.txt"
    file.write_bytes(seed_bytes()[:-40])
    assert _run(str(file), "--json") == 2
    captured = capsys.readouterr()
    assert captured.out == "" and "发现 1 处问题" in captured.err and "（四十六）" in captured.err
    assert _run(str(tmp_path / "none.txt"), "--json") == 2
    assert "打不开文件" in capsys.readouterr().err


def test_reading_needs_no_django() -> None:
    code = "import sys, jimin.domains.planning.cli; print('django' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
