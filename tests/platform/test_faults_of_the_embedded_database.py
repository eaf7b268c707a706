"""The embedded PostgreSQL: who may connect, and what a damaged or foreign folder gets."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from jimin.platform import databases
from jimin.platform.embedded import Embedded
from jimin.platform.errors import Refusal
from jimin.platform.grants import APP_ROLE
from tests.platform.harness import folder, until

pytestmark = pytest.mark.slow
ROOT_ONLY = pytest.mark.skipif(os.geteuid() != 0, reason="needs root to become another user")


@pytest.fixture
def var() -> Iterator[Path]:
    with folder() as made:
        (made / "var").mkdir()
        yield made / "var"


@pytest.fixture
def server(var):
    made = Embedded(var)
    made.start()
    yield made
    made.stop()


def test_nobody_connects_without_the_password(server):
    with pytest.raises(psycopg.OperationalError, match="authentication failed|password"):
        psycopg.connect(server.url(password="guess"))
    hba = (server.data / "pg_hba.conf").read_text()
    assert not [line for line in hba.splitlines() if line and not line.startswith("#") and "scram-sha-256" not in line]


@ROOT_ONLY
def test_another_user_does_not_even_reach_the_socket(server):
    stranger = {"user": 65534, "group": 65534, "extra_groups": []}
    psql = server.binaries / "psql"
    said = subprocess.run(
        [psql, "-h", server.socket, "-U", "postgres", "-c", "select 1"],
        env={"PGPASSWORD": "guess"}, cwd="/", capture_output=True, text=True, **stranger,
    )  # fmt: skip
    assert said.returncode != 0 and "Permission denied" in said.stderr
    assert subprocess.run(["cat", server.secrets.path], cwd="/", capture_output=True, **stranger).returncode != 0


def test_it_listens_on_no_port(server):
    assert not [
        c
        for c in psutil.Process(server.process.pid).net_connections()
        if c.status == "LISTEN" and c.laddr and ":" in str(c.laddr)
    ]
    with psycopg.connect(server.url()) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)


def test_the_settings_that_keep_values_out_of_the_log_hold_against_the_file(server):
    with open(server.data / "postgresql.conf", "a") as file:
        file.write("\nlog_min_error_statement = error\njit = on\n")
    server.stop()
    server.start()
    with psycopg.connect(server.url()) as connection:
        assert connection.execute("SHOW log_min_error_statement").fetchone() == ("panic",)
        assert connection.execute("SHOW jit").fetchone() == ("off",)
        locale = "SELECT datlocprovider, datlocale FROM pg_database WHERE datname = 'postgres'"
        assert connection.execute(locale).fetchone() == ("b", "C.UTF-8")


def test_the_application_role_owns_nothing_and_has_no_power(server):
    logins = databases.embedded(server, server.secrets, demo=True)
    with psycopg.connect(logins.app) as app:
        row = app.execute(
            "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
        assert row == (False, False, False, False)
        assert app.execute("SELECT current_user").fetchone() == (APP_ROLE,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("CREATE TABLE mine (id int)")


def test_a_second_launcher_joins_the_running_server(server):
    other = Embedded(server.var)
    other.start()
    assert other.process is None and other.running_pid() == server.process.pid
    other.stop()
    assert server.alive()


def test_a_pid_file_that_names_another_living_process_is_set_aside(server):
    server.stop()
    pid_file = server.data / "postmaster.pid"
    pid_file.write_text(f"{os.getpid()}\n{server.data}\n1\n5432\n{server.socket}\n\n  0  0\nready\n")
    server.start()
    assert server.alive() and psutil.pid_exists(os.getpid())


def test_it_starts_after_its_server_was_killed(server):
    os.kill(server.process.pid, signal.SIGKILL)
    server.process.wait()
    began = time.monotonic()
    server.start()
    assert server.alive() and time.monotonic() - began < 15


def test_the_server_ends_with_a_killed_launcher(var):
    code = "import sys,time,pathlib; from jimin.platform.embedded import Embedded; e=Embedded(pathlib.Path(sys.argv[1])); e.start(); print('up',flush=True); time.sleep(60)"
    launcher = subprocess.Popen([sys.executable, "-c", code, str(var)], stdout=subprocess.PIPE)
    assert launcher.stdout.readline() == b"up\n"
    pid = Embedded(var).running_pid()
    launcher.kill()
    launcher.wait()
    launcher.stdout.close()
    assert until(lambda: not psutil.pid_exists(pid), 15)


def test_an_interrupted_creation_is_begun_again(var):
    half = Embedded(var).data.with_name("postgres.new")
    half.mkdir()
    (half / "PG_VERSION").write_text("18\n")
    server = Embedded(var)
    server.start()
    assert server.alive()
    server.stop()


def test_a_folder_of_another_version_gets_one_line(server):
    server.stop()
    (server.data / "PG_VERSION").write_text("16\n")
    with pytest.raises(Refusal, match="PostgreSQL 16 .*pg_dump"):
        Embedded(server.var).start()


def test_a_folder_with_other_things_in_it_is_left_alone(var):
    (var / "postgres").mkdir()
    (var / "postgres" / "letter.txt").write_text("mine")
    with pytest.raises(Refusal, match="不是 PostgreSQL 数据目录"):
        Embedded(var).start()
    assert (var / "postgres" / "letter.txt").read_text() == "mine"


def test_lost_passwords_are_named(server):
    server.stop()
    server.secrets.path.unlink()
    with pytest.raises(Refusal, match="口令文件"):
        Embedded(server.var).start()


@pytest.mark.parametrize("kind", ["link", "file"])
def test_a_socket_folder_that_is_not_ours_is_refused(var, tmp_path, kind):
    server = Embedded(var)
    if kind == "link":
        server.socket.symlink_to(tmp_path)
    else:
        server.socket.write_text("")
    try:
        with pytest.raises(Refusal, match="已存在"):
            server.start()
    finally:
        server.socket.unlink()


@ROOT_ONLY
def test_root_puts_the_data_elsewhere_when_its_account_cannot_reach_the_folder(var):
    var.chmod(0o700)
    var.parent.chmod(0o700)
    server = Embedded(var)
    try:
        server.start()
        assert server.alive() and str(server.data).startswith("/var/lib/jimin-")
        assert any(str(server.data) in note for note in server.notes)
    finally:
        server.stop()
        subprocess.run(["rm", "-rf", str(server.data.parent)], check=True)
        var.parent.chmod(0o711)


@ROOT_ONLY
def test_a_user_who_meets_roots_data_gets_one_line(server):
    server.stop()
    code = "import sys,os,pathlib; from jimin.platform.accounts import choose; os.setuid(65534); choose(pathlib.Path(sys.argv[1]))"
    said = subprocess.run([sys.executable, "-c", code, str(server.data)], capture_output=True, text=True)
    assert "属于用户" in said.stderr
