"""A start that cannot go on says in one line what is wrong and what to do."""

import os
import socket
from pathlib import Path

import psycopg
import pytest

from jimin.platform import databases, demo, places, processes, urls
from jimin.platform.errors import Refusal
from jimin.platform.instance import Instance, read_note
from jimin.platform.secretfile import SecretFile
from jimin.platform.settings import database


@pytest.fixture
def instance(tmp_path, monkeypatch) -> Instance:
    for name in ("JIMIN_SECRET_KEY", "JIMIN_KEYS", "JIMIN_BUSINESS_DAY"):  # what a developer's shell may say
        monkeypatch.delenv(name, raising=False)
    return Instance(tmp_path / "var", tmp_path / "pack", 18000, 0, demo=True)


def test_a_taken_port_is_named_with_a_free_one(instance):
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        instance.port = holder.getsockname()[1]
        with pytest.raises(Refusal, match=rf"{instance.port} .*JIMIN_PORT="):
            instance.choose_ports()


def test_the_live_events_take_the_next_free_port(instance):
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        taken = holder.getsockname()[1]
        instance.port = taken - 1
        if not processes.port_taken(instance.port):
            instance.choose_ports()
            assert instance.live_port > taken


def test_a_second_supervisor_learns_who_is_first(instance):
    instance.claim()
    instance.note()
    second = Instance(instance.var, instance.pack, 18010, 0, demo=True)
    with pytest.raises(Refusal, match=rf"{os.getpid()}.*127.0.0.1:18000"):
        second.claim()
    instance.lock.close()
    second.claim()
    assert read_note(instance.var)["pid"] == os.getpid()
    second.lock.close()


@pytest.mark.parametrize(("name", "value"), [("JIMIN_PORT", "http"), ("JIMIN_PORT", "70000"), ("JIMIN_DEMO", "yes")])
def test_a_wrong_variable_is_named(monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    with pytest.raises(Refusal, match=f"{name}={value}"):
        Instance.from_environment()


def test_a_pack_that_is_not_there_is_named_with_those_that_are(monkeypatch):
    monkeypatch.setenv("JIMIN_PACK", "no-such-pack")
    with pytest.raises(Refusal, match="no-such-pack.*有"):
        places.pack_folder()


def test_the_application_never_sees_the_owners_logins(instance, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://owner:secret@h/d")
    monkeypatch.setenv("JIMIN_OWNER_DATABASE_URL", "postgresql://owner:secret@h/d")
    found = instance.environment("postgresql://jimin_app:p@/d?host=/s")
    assert "secret" not in "".join(found.values())
    assert found["JIMIN_DATABASE_URL"].startswith("postgresql://jimin_app")


def test_keys_and_passwords_are_readable_by_their_owner_alone(instance):
    first = instance.environment("postgresql://jimin_app@/d")
    for name in ("secrets.json", "keys.json"):
        assert (instance.var / name).stat().st_mode & 0o777 == 0o600
    again = instance.environment("postgresql://jimin_app@/d")
    assert first["JIMIN_SECRET_KEY"] == again["JIMIN_SECRET_KEY"] and len(first["JIMIN_SECRET_KEY"]) >= 50


def test_the_demo_has_its_own_day_and_real_work_has_none(instance):
    (instance.pack / "demo").mkdir(parents=True)
    (instance.pack / "demo" / "demo.yaml").write_text("business_day: 2023-10-10\n")
    assert instance.environment("u")["JIMIN_BUSINESS_DAY"] == "2023-10-10"
    instance.demo = False
    assert "JIMIN_BUSINESS_DAY" not in instance.environment("u")
    (instance.pack / "demo" / "demo.yaml").write_text("business_day: 10/10/2023\n")
    with pytest.raises(Refusal, match="业务日期"):
        instance.business_day()


def test_sign_ins_list_who_sees_what_and_miss_no_password(tmp_path):
    assert demo.sign_ins(tmp_path) == []
    file = tmp_path / "demo" / "accounts.yaml"
    file.parent.mkdir()
    people = "people:\n- {username: a, name: 甲, title: 科员, sees: 待办}\n- {username: b, name: 乙, title: 科员}\n"
    file.write_text("password: p\n" + people)
    assert [(p.account, p.password, p.who, p.sees) for p in demo.sign_ins(tmp_path)] == [
        ("a", "p", "甲（科员）", "待办")
    ]
    file.write_text(people)
    with pytest.raises(Refusal, match="password"):
        demo.sign_ins(tmp_path)


def test_damaged_secrets_are_named(tmp_path):
    (tmp_path / "secrets.json").write_text("{")
    with pytest.raises(Refusal, match="已损坏"):
        SecretFile(tmp_path).get("secret_key")


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("mysql://u@h/d", "不是 PostgreSQL 地址"),
        ("postgresql://u@h/", "没有库名"),
        ("postgresql://u:p@h:port/d", "连不上|写错了"),
    ],
)
def test_a_database_address_that_is_none_is_refused(url, said):
    with pytest.raises(Refusal, match=f"DATABASE_URL.*({said})"):
        databases.connect(url, "DATABASE_URL")


def test_an_unreachable_server_is_named():
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        port = holder.getsockname()[1]
    with pytest.raises(Refusal, match=f"127.0.0.1:{port}.*连不上|连不上 127.0.0.1:{port}"):
        databases.connect(f"postgresql://u:p@127.0.0.1:{port}/d", "DATABASE_URL")


def test_urls_keep_difficult_passwords_sockets_and_options():
    url = urls.login("postgresql://owner:x@db.example:5433/省库?sslmode=require", "jimin_app", "p@ss/w:rd %")
    found = urls.parts(url)
    assert (found["user"], found["password"], found["dbname"]) == ("jimin_app", "p@ss/w:rd %", "省库")
    settings = database(url)
    assert (settings["HOST"], settings["PORT"], settings["PASSWORD"]) == ("db.example", "5433", "p@ss/w:rd %")
    assert settings["OPTIONS"]["sslmode"] == "require"
    assert database(urls.socket_url(Path("/a b/c"), "r", "p", "d"))["HOST"] == "/a b/c"


class TestAGivenServer:
    """DATABASE_URL: what is checked before anything is written."""

    @pytest.fixture
    def server(self, as_owner, test_database):
        yield as_owner
        as_owner.execute("DROP ROLE IF EXISTS jimin_test_owner")

    def _url(self, test_database, role: str, password: str, name: str = "") -> str:
        return urls.to_url(
            {
                **urls.parts(test_database.url()),
                "user": role,
                "password": password,
                "dbname": name or test_database.name,
            }
        )

    def test_a_missing_database_is_named(self, server, test_database):
        with pytest.raises(Refusal, match="没有库 jimin_none"):
            databases.connect(urls.to_url({**urls.parts(test_database.url()), "dbname": "jimin_none"}), "DATABASE_URL")

    def test_an_unknown_user_is_named(self, server, test_database):
        with pytest.raises(Refusal, match="jimin_stranger"):
            databases.connect(self._url(test_database, "jimin_stranger", "p"), "DATABASE_URL")

    def test_an_owner_that_may_not_create_tables_is_refused(self, server, test_database, tmp_path):
        server.execute("CREATE ROLE jimin_test_owner LOGIN PASSWORD 'p'")
        with pytest.raises(Refusal, match="不能在 schema public 建表"):
            databases.given(self._url(test_database, "jimin_test_owner", "p"), SecretFile(tmp_path))

    def test_an_application_login_with_too_much_power_is_refused(self, server, test_database, tmp_path, monkeypatch):
        superuser = psycopg.conninfo.conninfo_to_dict(os.environ["JIMIN_TEST_SERVER"])
        url = urls.to_url({**superuser, "dbname": test_database.name})
        monkeypatch.setenv("JIMIN_APP_DATABASE_URL", url)
        with pytest.raises(Refusal, match="超级用户"):
            databases.given(url, SecretFile(tmp_path))

    def test_a_given_application_login_is_used(self, server, test_database, tmp_path, monkeypatch):
        superuser = psycopg.conninfo.conninfo_to_dict(os.environ["JIMIN_TEST_SERVER"])
        monkeypatch.setenv("JIMIN_APP_DATABASE_URL", test_database.url())
        logins = databases.given(urls.to_url({**superuser, "dbname": test_database.name}), SecretFile(tmp_path))
        assert logins.app == test_database.url()
