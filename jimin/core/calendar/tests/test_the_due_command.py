import argparse
import json

from jimin.core.calendar import cli


def run(*argv):
    parser = argparse.ArgumentParser()
    cli.register(parser.add_subparsers())
    arguments = parser.parse_args(["calendar", "due", *argv])
    return arguments.run(arguments)


def test_the_command_prints_the_due_date_alone(capsys):
    assert run("2023-09-28", "--working-days", "3") == 0
    assert capsys.readouterr().out == "2023-10-09\n"


def test_an_uncertain_answer_says_so_on_its_own_line(capsys):
    assert run("2031-01-01", "--working-days", "5") == 0
    date, note = capsys.readouterr().out.splitlines()
    assert date == "2031-01-08"
    assert note.startswith("不确定：2031")


def test_json_carries_date_certainty_and_note(capsys):
    run("2031-01-01", "--working-days", "1", "--json")
    answer = json.loads(capsys.readouterr().out)
    assert answer["date"] == "2031-01-02"
    assert answer["certain"] is False
    assert answer["note"]


def test_what_is_no_date_is_refused_with_the_form(capsys):
    assert run("28/9/2023", "--working-days", "3") == 2
    assert "2023-09-27" in capsys.readouterr().err
    assert run("2023-09-28", "--working-days", "-3") == 2
