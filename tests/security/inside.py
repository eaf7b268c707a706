"""Inside a running installation: files with numbers are stored, records opened, things go wrong; then what sessions hold.

Run with the installation's environment: python -m tests.security.inside NUMBER… [--control NUMBER]
"""

from __future__ import annotations

import argparse
import io
import json
import logging


def main() -> None:
    """Tell it all; prints what the sessions hold, decoded."""
    import os

    import django

    from jimin.platform.instance import load_environment

    load_environment()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jimin.platform.settings")
    django.setup()
    parser = argparse.ArgumentParser()
    parser.add_argument("numbers", nargs="*")
    parser.add_argument("--control", default="")
    options = parser.parse_args()
    if options.control:
        from django.contrib.sessions.backends.db import SessionStore

        session = SessionStore()
        session["control"] = options.control
        session.save()
    if options.numbers:
        _store(options.numbers)
        _fail(options.numbers)
    _print_sessions()


def _store(numbers: list[str]) -> None:
    import openpyxl

    from jimin.core.access import system
    from jimin.core.access.scope import working_as
    from jimin.core.files import api as files
    from jimin.core.sheets.base import Line
    from jimin.core.sheets.models import SheetChunk, SheetImport

    book, made = openpyxl.Workbook(), io.BytesIO()
    for number in numbers:
        book.active.append(["某人", number])
    book.save(made)
    text = "\n".join(["身份证号", *numbers])
    actor = system.actor()
    with working_as(actor):
        stored = [
            files.keep(name, content, actor=actor)
            for name, content in (
                ("名单.xlsx", made.getvalue()),
                ("名单.txt", text.encode()),
                ("国标.txt", text.encode("gb18030")),
                ("宽.txt", text.encode("utf-16")),
            )
        ]
        for file in stored:
            assert files.read(file)
        started = SheetImport.objects.create(
            account=actor.account,
            appointment=actor.appointment,
            register="parties.people",
            language="zh-hans",
            file=stored[0],
        )
        chunk = SheetChunk(sheet_import=started, number=1)
        chunk.keep([Line(2, {"id_number": number}) for number in numbers])
        chunk.save()


def _fail(numbers: list[str]) -> None:
    from jimin.core.access import system
    from jimin.core.actions.errors import ActionError
    from jimin.core.parties.actions import RegisterHousehold
    from jimin.core.secrets.numbers import BadNumber, id_number

    for number in numbers:
        try:
            id_number(number[:-1])
        except BadNumber:
            logging.getLogger("jimin").exception("a number was refused")
        try:
            RegisterHousehold.perform(system.actor(), {"division": number, "members": [{"id_number": number}]})
        except ActionError:
            logging.getLogger("jimin").exception("an action was refused")


def _print_sessions() -> None:
    from django.contrib.sessions.models import Session

    for session in Session.objects.all():
        print(json.dumps(session.get_decoded(), ensure_ascii=False, default=str))


if __name__ == "__main__":
    main()
