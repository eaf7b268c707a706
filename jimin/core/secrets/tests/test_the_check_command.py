"""`jimin check` says for each value whether it is well formed, and why not."""

import argparse
import json

from jimin.core.secrets import cli


def run(*words: str) -> int:
    parser = argparse.ArgumentParser()
    cli.register(parser.add_subparsers())
    arguments = parser.parse_args(["check", *words])
    return arguments.run(arguments)


def test_good_values_end_with_zero(capsys):
    assert run("uscc", "91350100M000100Y43") == 0
    assert "✓" in capsys.readouterr().out


def test_one_bad_value_ends_with_one_and_its_reason(capsys):
    assert run("uscc", "91350100M000100Y43", "91350100M000100Y44") == 1
    good, bad = capsys.readouterr().out.splitlines()
    assert good.startswith("✓")
    assert "校验位" in bad


def test_json_says_what_an_id_says(capsys):
    assert run("id", "--json", "11010519491231002X") == 0
    (result,) = json.loads(capsys.readouterr().out)
    assert result == {
        "value": "11010519491231002X",
        "valid": True,
        "normalised": "11010519491231002X",
        "birth": "1949-12-31",
        "sex": "女",
        "area": "110105",
    }
