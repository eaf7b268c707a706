"""People, a token and a counted indicator for the load; run inside a new installation, prints what the load needs."""

from __future__ import annotations

import json
import os
import sys
from datetime import timedelta
from pathlib import Path

PASSWORD = "a-password-for-the-faults"
CLERKS = 3


def main() -> None:
    os.environ.update(json.loads((Path(os.environ["JIMIN_VAR"]) / "environment.json").read_text()))
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.faults.settings"
    import django

    django.setup()
    from jimin.core import clock
    from jimin.core.access import system, tokens
    from jimin.core.access.actions import Appoint
    from jimin.core.access.models import Account, Appointment
    from jimin.engines.indicators.models import Indicator, Method, Over, Shape

    Indicator.objects.create(
        code="faults.canteens", title="老年食堂", shape=Shape.COUNT, unit="个", numerator_title="个数",
        method=Method.COMPUTED, computation="planning.items", over=Over.STOCK,
    )  # fmt: skip
    day = clock.business_day()
    found = []
    for n in range(CLERKS):
        name = f"faults.clerk{n}"
        post = {
            "username": name,
            "name": f"测试{n}",
            "unit": "220122",
            "role": "county_clerk",
            "title": "经办",
            "charge": [],
        }
        Appoint.perform(system.actor(), {"posts": [{**post, "valid_from": day, "password": PASSWORD}]})
        appointment = Appointment.objects.get(account__username=name)
        token = tokens.issue(
            system.actor(),
            {
                "appointment": appointment.pk,
                "name": "故障测试",
                "permissions": ["planning.item.register", "planning.item.update", "planning.read"],
                "expires_on": day + timedelta(days=30),
            },
        )
        assert Account.objects.get(username=name).check_password(PASSWORD)
        found.append({"username": name, "password": PASSWORD, "token": token})
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
