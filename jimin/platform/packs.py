"""Load a pack: what says which province this is. `jimin pack load` is repeatable and changes only what is new."""

from __future__ import annotations

import argparse
from typing import Any

import yaml

from jimin.platform.errors import Refusal
from jimin.platform.places import pack_folder


def register(commands: Any) -> None:
    """Add `jimin pack load`."""
    parser = commands.add_parser("pack", help="资料包：区划、报送单位")
    parser.add_subparsers(dest="what", required=True, metavar="命令").add_parser("load", help="载入资料包")
    parser.set_defaults(run=load, django=True)


def settings() -> dict[str, Any]:
    """The pack's own description (pack.yaml). Refusal when it is missing or incomplete."""
    file = pack_folder() / "pack.yaml"
    if not file.exists():
        raise Refusal(f"资料包缺 {file}；每个资料包要有 pack.yaml，写明 code、name、department。")
    content = yaml.safe_load(file.read_text("utf-8")) or {}
    missing = [name for name in ("code", "name", "department") if not content.get(name)]
    if missing:
        raise Refusal(f"{file} 缺 {'、'.join(missing)}。")
    return dict(content)


def load(arguments: argparse.Namespace) -> int:
    """Divisions, reporting units, and the installer's account."""
    from django.db import transaction

    from jimin.core.audit import api as audit
    from jimin.core.divisions import loading

    settings()
    folder = pack_folder()
    content = yaml.safe_load((folder / "reporting_units.yaml").read_text("utf-8"))
    try:
        with transaction.atomic():
            divisions = loading.load_divisions(folder / "divisions.csv", "divisions.csv（见 SOURCES.md）")
            units = loading.load_units(content)
            installer()
            if divisions or units:
                change = audit.Change("divisions.division", folder.name, {}, {"divisions": divisions, "units": units})
                audit.write(None, "pack.load", [change])
    except loading.PackError as error:
        raise Refusal(str(error)) from None
    print(f"区划新增 {divisions} 条，报送单位新增 {units} 个")
    return 0


def installer() -> Any:
    """The installer's appointment (Role.OPERATOR at the office that keeps the plan); made on first use."""
    from jimin.core import clock
    from jimin.core.access import system
    from jimin.core.access.models import Account, Appointment
    from jimin.core.access.roles import Role
    from jimin.core.divisions.models import ReportingUnit
    from jimin.engines.cases.flows import PLAN_OFFICE

    account = Account.objects.filter(username=system.USERNAME).first()
    if account is None:
        account = Account.objects.create_user(system.USERNAME, name="系统安装")
    office = ReportingUnit.objects.filter(powers__contains=PLAN_OFFICE).first()
    if office is None:
        raise Refusal(
            "资料包里没有带 plan_office 职权的处室（办公室）；请在 reporting_units.yaml 里给一个处室加 powers: [plan_office]。"
        )
    appointment, _made = Appointment.objects.get_or_create(
        account=account,
        unit=office,
        role=Role.OPERATOR,
        valid_to=None,
        defaults={"valid_from": clock.business_day().replace(month=1, day=1), "title": "系统安装"},
    )
    return Appointment.objects.select_related("account", "unit").get(pk=appointment.pk)
