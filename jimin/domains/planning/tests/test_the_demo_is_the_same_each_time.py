"""The demo's chances and names depend on nothing but their words, and its posts are filled once."""

import os
import subprocess
import sys

from jimin.core.access.models import Account, Appointment
from jimin.domains.planning.demo.cast import Cast as DemoCast
from jimin.domains.planning.demo.cast import chance, person_name
from jimin.domains.planning.tests.cast import DAY

ACCOUNTS = """password: demo-password-2023
people:
  - {username: he.xin, name: 何欣, unit: t.relief, role: dept_chief}
"""


def test_a_chance_is_the_same_in_every_process():
    code = "from jimin.domains.planning.demo.cast import chance; print(chance('220122', '户'))"
    seen = set()
    for seed in ("1", "2"):
        setup = f"import os, django; os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'jimin.platform.settings'); django.setup(); {code}"
        done = subprocess.run(
            [sys.executable, "-c", setup], env={**os.environ, "PYTHONHASHSEED": seed, "JIMIN_SECRET_KEY": "x"},
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        seen.add(float(done.stdout))
    assert seen == {chance("220122", "户")}
    assert 0 <= seen.pop() < 1


def test_the_same_post_has_the_same_person():
    assert person_name("220122", "county_clerk") == person_name("220122", "county_clerk")
    assert len({person_name(str(n)) for n in range(200)}) > 100


def test_filling_the_posts_a_second_time_appoints_nobody(cast, tmp_path):
    (tmp_path / "accounts.yaml").write_text(ACCOUNTS, encoding="utf-8")
    installer = cast.hand

    def filled():
        made = DemoCast(tmp_path, DAY, installer)
        made.appoint()
        people = sorted(Account.objects.values_list("username", "name"))
        return people, sorted(map(str, Appointment.objects.values_list("account__username", "unit__code", "role")))

    assert filled() == filled()
    assert Account.objects.filter(username="he.xin").exists()
    assert Appointment.objects.filter(unit__code="220182", role="county_deputy").exists()
