"""DATABASE_URL on a server that knows nothing of us yet."""

import psycopg
import pytest

from jimin.platform import databases
from jimin.platform.embedded import Embedded
from jimin.platform.errors import Refusal
from jimin.platform.secretfile import SecretFile
from jimin.platform.steps import (
    LEDGER,
    _same_mode,  # the rule itself, without a whole start
)
from tests.platform.harness import folder

pytestmark = pytest.mark.slow


@pytest.fixture
def server():
    with folder() as place:
        made = Embedded(place / "var")
        made.start()
        _prepare(made)
        yield made
        made.stop()


def _prepare(made: Embedded) -> None:
    with psycopg.connect(made.url(), autocommit=True) as connection:
        connection.execute("CREATE ROLE keeper LOGIN CREATEROLE PASSWORD 'p'")
        connection.execute("CREATE ROLE plain LOGIN PASSWORD 'p'")
        connection.execute("CREATE DATABASE province OWNER keeper")
        connection.execute(
            "CREATE DATABASE latin OWNER keeper ENCODING 'LATIN1' LOCALE_PROVIDER libc LOCALE 'C' TEMPLATE template0"
        )
        connection.execute("CREATE DATABASE plains OWNER plain")


def test_the_application_role_is_made_once_and_found_again(server, tmp_path):
    url, secrets = server.url("keeper", "p", "province"), SecretFile(tmp_path)
    first = databases.given(url, secrets)
    with psycopg.connect(first.app) as app:
        assert app.execute("SELECT current_user").fetchone() == ("jimin_app",)
    assert databases.given(url, secrets) == first


def test_a_role_of_another_installation_is_not_taken_over(server, tmp_path):
    url = server.url("keeper", "p", "province")
    databases.given(url, SecretFile(tmp_path / "one"))
    with pytest.raises(Refusal, match="JIMIN_APP_DATABASE_URL"):
        databases.given(url, SecretFile(tmp_path / "two"))


def test_an_owner_that_may_not_create_roles_is_told_what_to_do(server, tmp_path):
    with pytest.raises(Refusal, match="CREATEROLE"):
        databases.given(server.url("plain", "p", "plains"), SecretFile(tmp_path))


def test_a_wrong_password_is_named(server, tmp_path):
    with pytest.raises(Refusal, match="不接受用户 keeper 的口令"):
        databases.given(server.url("keeper", "wrong", "province"), SecretFile(tmp_path))


def test_a_database_in_another_encoding_is_refused(server, tmp_path):
    with pytest.raises(Refusal, match="LATIN1"):
        databases.given(server.url("keeper", "p", "latin"), SecretFile(tmp_path))


def test_demo_and_real_work_never_share_a_database(server):
    with psycopg.connect(server.url("keeper", "p", "province"), autocommit=True) as owner:
        owner.execute(LEDGER)
        _same_mode(owner, True)
        _same_mode(owner, True)
        with pytest.raises(Refusal, match="演示数据"):
            _same_mode(owner, False)
