"""An installation without the demo gets its first accounts by `jimin account add`, through the action."""

import argparse
from datetime import date

import pytest

from jimin.core.access import cli, system
from jimin.core.access.models import Account, Appointment
from jimin.core.access.roles import Role
from jimin.core.audit.models import AuditRow
from jimin.core.divisions import api as divisions
from jimin.core.divisions.models import Division, Kind, Level, ReportingUnit, UnitKind


@pytest.fixture
def installed(db):
    Division.objects.create(code="990000000000", name="某省", level=Level.PROVINCE, kind=Kind.PROVINCE, source="test")
    divisions.changed()
    office = ReportingUnit.objects.create(code="t.office", name="办公室", short_name="办公室", kind=UnitKind.OFFICE)
    account = Account.objects.create_user(system.USERNAME, name="系统安装")
    Appointment.objects.create(account=account, unit=office, role=Role.OPERATOR, valid_from=date(2020, 1, 1))
    yield office
    divisions.changed()


def run(*words: str) -> int:
    parser = argparse.ArgumentParser()
    cli.register(parser.add_subparsers())
    arguments = parser.parse_args(["account", *words])
    return arguments.run(arguments)


ADD = ("add", "--username", "li.jia", "--name", "李嘉", "--unit", "t.office", "--role", "office_clerk")


def test_a_new_account_signs_in_with_the_password_that_is_shown_once(installed, capsys):
    assert run(*ADD) == 0
    password = capsys.readouterr().out.split("：")[1].split()[0]
    account = Account.objects.get(username="li.jia")
    assert account.check_password(password)
    assert account.appointments.get().role == Role.OFFICE_CLERK
    assert AuditRow.objects.filter(action="access.appoint").exists()
    assert password not in "".join(AuditRow.objects.values_list("body", flat=True))


def test_the_same_again_changes_nothing(installed, capsys):
    run(*ADD)
    hashed = Account.objects.get(username="li.jia").password
    assert run(*ADD) == 0
    assert "没有变化" in capsys.readouterr().out
    assert Account.objects.get(username="li.jia").password == hashed


@pytest.mark.parametrize(
    ("word", "value", "said"),
    [("--unit", "t.none", "没有报送单位"), ("--role", "county_clerk", "没有“县局经办”这个岗位")],
)
def test_what_does_not_fit_is_named_and_nobody_is_added(installed, capsys, word, value, said):
    words = list(ADD)
    words[words.index(word) + 1] = value
    assert run(*words) == 2
    assert said in capsys.readouterr().err
    assert not Account.objects.filter(username="li.jia").exists()


def test_before_a_pack_is_loaded_it_says_what_to_do(db, capsys):
    assert run(*ADD) == 2
    assert "jimin pack load" in capsys.readouterr().err


def test_the_shown_password_is_one_to_begin_with(installed, capsys):
    run(*ADD)
    assert Account.objects.get(username="li.jia").must_change_password


def test_the_command_line_gives_a_powerful_post_and_another_password_without_a_second_person(installed, capsys):
    words = list(ADD)
    words[words.index("office_clerk")] = "operator"
    assert run(*words) == 0
    account = Account.objects.get(username="li.jia")
    assert account.appointments.get().role == Role.OPERATOR
    capsys.readouterr()
    assert run("password", "--username", "li.jia") == 0
    account.refresh_from_db()
    assert account.check_password(capsys.readouterr().out.split("：")[1].split()[0])
    assert run("password", "--username", "nobody") == 2 and "没有账号 nobody" in capsys.readouterr().err
