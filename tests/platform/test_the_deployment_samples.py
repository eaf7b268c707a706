"""compose.yaml, Dockerfile, the proxy's and the service's samples: they name only what the code has."""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess

import pytest
import yaml

from jimin.platform import cli, places
from jimin.platform.errors import Refusal
from jimin.platform.places import ROOT

TEXT = {
    name: (ROOT / name).read_text("utf-8")
    for name in (
        "compose.yaml", "Dockerfile", ".dockerignore", "deploy/systemd/jimin.service", "deploy/nginx/jimin.conf.template",
        "deploy/compose/init-db.sh", "deploy/compose/make-secrets.sh",
    )
}  # fmt: skip
COMPOSE = yaml.safe_load(TEXT["compose.yaml"])
SERVICES = COMPOSE["services"]
# Of the samples alone: filled in by the shell, by compose or by the proxy's own image.
OWN = {"JIMIN_HOST", "JIMIN_PAGES", "JIMIN_LIVE", "JIMIN_TLS", "JIMIN_BACKUP_VOLUME"}


@pytest.mark.parametrize("name", TEXT)
def test_every_variable_is_one_that_the_manual_explains(name):
    manual = (ROOT / "docs/operations.md").read_text("utf-8")
    said = {v.removesuffix("_FILE") for v in re.findall(r"\bJIMIN_[A-Z_]*[A-Z]\b", TEXT[name])} - OWN
    assert [v for v in sorted(said) if f"`{v}`" not in manual] == []


def test_every_variable_of_a_service_is_read_by_the_code():
    code = "".join(p.read_text("utf-8") for p in (ROOT / "jimin").rglob("*.py") if "tests" not in p.parts)
    for service in SERVICES.values():
        for name in service.get("environment", {}):
            if name.startswith("JIMIN_") and name not in OWN:
                assert re.search(rf'"{name.removesuffix("_FILE")}"', code), name
                assert not name.endswith("_FILE") or name.removesuffix("_FILE") in places.FROM_FILES


def test_every_command_of_ours_exists():
    commands = [c for s in SERVICES.values() for c in (s.get("command"), (s.get("healthcheck") or {}).get("test")) if c]
    words = {w for c in commands for w in re.findall(r"-m[ ,]+jimin[ ,]+([a-z]+)", " ".join(c))}
    words |= {c[i + 2] for c in commands for i, w in enumerate(c) if w == "-m" and c[i + 1] == "jimin"}
    assert {"migrate", "pack", "worker", "backup", "status"} <= words <= cli.known_commands()
    applications = {c[-1] for c in commands if c[0] == "granian"}
    assert applications == {"jimin.sites.wsgi:application", "jimin.sites.live.asgi:application"}


def test_secrets_are_files_that_the_script_makes_and_no_service_has_more_than_it_needs(tmp_path):
    shutil.copytree(ROOT / "deploy", tmp_path / "deploy")
    for _ in range(2):  # a second time changes nothing
        subprocess.run([tmp_path / "deploy/compose/make-secrets.sh"], check=True, capture_output=True)
        made = {p.name: p.read_text() for p in (tmp_path / "secrets").iterdir() if p.is_file()}
        assert (
            len(set(made.values())) == len(made) and made.setdefault("again", made["secret_key"]) == made["secret_key"]
        )
        assert stat.S_IMODE((tmp_path / "secrets").stat().st_mode) == 0o700
    assert set(COMPOSE["secrets"]) | {"again"} == set(made)
    for name, service in SERVICES.items():
        assert set(service.get("secrets", ())) <= set(COMPOSE["secrets"])
        # the pages, the live process and the worker never hold the owner's login
        assert ("owner_url" in service.get("secrets", ())) == (name in ("migrate", "backup"))
    assert not re.search(r"password\s*[:=]\s*['\"]?[a-z0-9]{6}", TEXT["compose.yaml"], re.IGNORECASE)


def test_only_the_proxy_is_open_and_the_rest_runs_without_rights():
    assert [name for name, s in SERVICES.items() if s.get("ports")] == ["proxy"]
    assert COMPOSE["networks"]["inside"]["internal"] is True
    for name in ("migrate", "web", "live", "worker", "backup"):
        assert SERVICES[name]["cap_drop"] == ["ALL"] and SERVICES[name]["read_only"] is True
    assert re.search(r"^USER jimin$", TEXT["Dockerfile"], re.M)
    assert "--require-hashes -r /tmp/requirements.lock" in TEXT["Dockerfile"]


def test_the_image_gets_the_program_and_nothing_of_an_installation():
    lines = [line for line in TEXT[".dockerignore"].splitlines() if line and not line.startswith("#")]
    assert lines[0] == "*"
    taken = {line[1:] for line in lines if line.startswith("!")}
    copied = set(re.findall(r"^COPY (?!--from)(\S+)", TEXT["Dockerfile"], re.M))
    assert copied == taken and not taken & {"var", "secrets", "tests", ".git"}
    assert all((ROOT / name).exists() for name in taken)


def test_the_proxys_sample_is_taken_by_nginx(tmp_path):
    nginx, openssl = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin"), shutil.which("openssl")
    if not nginx or not openssl:
        pytest.skip("no nginx here")
    subprocess.run(
        [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=x", "-keyout",
         tmp_path / "privkey.pem", "-out", tmp_path / "fullchain.pem"], check=True, capture_output=True,
    )  # fmt: skip
    site = TEXT["deploy/nginx/jimin.conf.template"]
    for name, value in {"HOST": "x", "PAGES": "127.0.0.1:1", "LIVE": "127.0.0.1:2", "TLS": str(tmp_path)}.items():
        site = site.replace(f"${{JIMIN_{name}}}", value)
    site = site.replace("listen 80 ", "listen 18080 ").replace("listen 443 ", "listen 18443 ")
    (tmp_path / "nginx.conf").write_text(
        f"events {{}}\npid {tmp_path}/pid;\nerror_log {tmp_path}/error;\nhttp {{\n{site}\n}}\n", "utf-8"
    )
    done = subprocess.run([nginx, "-t", "-c", tmp_path / "nginx.conf"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_a_secret_may_come_from_a_file_and_a_missing_file_is_named(tmp_path, monkeypatch):
    for name in places.FROM_FILES:
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "key").write_text("from the file\n")
    monkeypatch.setenv("JIMIN_SECRET_KEY_FILE", str(tmp_path / "key"))
    monkeypatch.setenv("JIMIN_SECRET_KEY", "")
    places.secrets_from_files()
    assert os.environ["JIMIN_SECRET_KEY"] == "from the file"
    monkeypatch.setenv("DATABASE_URL_FILE", str(tmp_path / "gone"))
    with pytest.raises(Refusal, match="DATABASE_URL_FILE.*gone"):
        places.secrets_from_files()
