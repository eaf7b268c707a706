"""The domain that docs/add-a-domain.md builds works, and the guide shows its very files."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
GUIDE = ROOT / "docs" / "add-a-domain.md"
EXAMPLE = ROOT / "tests" / "example_domain"
# A block of the guide: the path in bold, then the whole file in a fence.
BLOCK = re.compile(r"^\*\*`(tests/example_domain/[^`]+)`\*\*\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# Made by `makemigrations`, or empty.
NOT_SHOWN = {"__init__.py", "0001_initial.py"}


def _jimin(*command: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **{k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")},
        "DJANGO_SETTINGS_MODULE": "tests.example_domain.settings",
        "PYTHONPATH": str(ROOT),
    }
    return subprocess.run(
        [sys.executable, "-m", *command], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )


def test_the_guide_shows_every_file_of_the_example_word_for_word():
    shown = dict(BLOCK.findall(GUIDE.read_text("utf-8")))
    files = {
        str(f.relative_to(ROOT)): f.read_text("utf-8")
        for f in EXAMPLE.rglob("*")
        if f.is_file() and f.name not in NOT_SHOWN and "__pycache__" not in f.parts
    }
    assert shown.keys() == files.keys()
    for name, text in files.items():
        assert shown[name] == text, f"{name} and its block in docs/add-a-domain.md differ"


def test_the_examples_own_tests_pass_with_the_domain_installed():
    ran = _jimin("pytest", "tests/example_domain", "--ds=tests.example_domain.settings", "-p", "no:xdist")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert re.search(r"\b[1-9]\d* passed", ran.stdout), ran.stdout


def test_the_examples_migrations_are_up_to_date_with_its_models():
    ran = _jimin("django", "makemigrations", "noticeboards", "--check", "--dry-run")
    assert ran.returncode == 0, ran.stdout + ran.stderr
