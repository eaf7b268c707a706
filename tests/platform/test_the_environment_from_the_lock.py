"""The virtual environment behind make: when it is built again, and what is said when it cannot be."""

import json
import os
import sys

import pytest

from jimin.platform import bootstrap


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A checkout with a lock, and the commands that would have been run."""
    commands: list[list[str]] = []
    monkeypatch.setattr(bootstrap, "ROOT", str(tmp_path))
    monkeypatch.setattr(bootstrap, "VENV", str(tmp_path / ".venv"))
    monkeypatch.setattr(bootstrap, "PYTHON", str(tmp_path / ".venv" / "bin" / "python"))
    monkeypatch.setattr(bootstrap, "STAMP", str(tmp_path / ".venv" / "stamp.json"))
    monkeypatch.setattr(bootstrap, "LOG", str(tmp_path / "install.log"))
    monkeypatch.setattr(bootstrap, "find_python", lambda: sys.executable)
    monkeypatch.setattr(bootstrap, "works", lambda python: os.path.exists(python))
    monkeypatch.setattr(bootstrap, "pip_has_settings", lambda: True)

    def record(command, what):
        commands.append(command)
        if "venv" in command:
            (tmp_path / ".venv" / "bin").mkdir(parents=True)
            (tmp_path / ".venv" / "bin" / "python").touch()

    monkeypatch.setattr(bootstrap, "run", record)
    for name in bootstrap.LOCKS["dev"]:
        (tmp_path / name).write_text(name)
    return tmp_path, commands


def test_it_installs_once_with_hashes_and_then_does_nothing(place):
    folder, commands = place
    bootstrap.ensure("run")
    assert "--require-hashes" in commands[-1] and commands[-1][-1].endswith("requirements.lock")
    bootstrap.ensure("run")
    assert len(commands) == 2
    assert os.access(folder / ".venv" / "bin" / "jimin", os.X_OK)


def test_tests_add_to_it_and_a_run_after_them_finds_all(place):
    _, commands = place
    bootstrap.ensure("run")
    bootstrap.ensure("dev")
    assert [c[-1].rsplit("/", 1)[-1] for c in commands if "pip" in c] == ["requirements.lock", "requirements-dev.lock"]
    bootstrap.ensure("run")
    assert len(commands) == 3


def test_a_changed_lock_builds_it_anew(place):
    folder, commands = place
    bootstrap.ensure("run")
    (folder / ".venv" / "stale").touch()
    (folder / "requirements.lock").write_text("changed")
    bootstrap.ensure("run")
    assert len(commands) == 4 and not (folder / ".venv" / "stale").exists()


def test_an_interrupted_installation_begins_again(place, monkeypatch):
    folder, commands = place

    def interrupted(lock):
        raise KeyboardInterrupt

    with monkeypatch.context() as once, pytest.raises(KeyboardInterrupt):
        once.setattr(bootstrap, "install", interrupted)
        bootstrap.ensure("run")
    bootstrap.ensure("run")
    assert json.loads((folder / ".venv" / "stamp.json").read_text())


def test_a_linked_environment_is_left_alone(place, tmp_path_factory):
    folder, commands = place
    (folder / ".venv").symlink_to(tmp_path_factory.mktemp("mine"))
    bootstrap.ensure("run")
    assert commands == []


@pytest.mark.parametrize(
    ("log", "said"),
    [
        ("WARNING: Retrying … NewConnectionError('Temporary failure in name resolution')", "连不上软件源"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.", "校验值不符"),
        ("OSError: [Errno 28] No space left on device", "磁盘已满"),
        ("working\nERROR: No matching distribution found for x==1\nnote", "No matching distribution"),
    ],
)
def test_a_failed_installation_is_explained_in_one_sentence(place, log, said):
    (place[0] / "install.log").write_text(log)
    assert said in bootstrap.explain()


def test_an_old_python_is_named_and_one_without_venv_too(monkeypatch):
    monkeypatch.delenv("JIMIN_PYTHON", raising=False)
    monkeypatch.setattr(bootstrap, "works", lambda python: False)
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: f"/usr/bin/{name}" if name == "python3" else None)
    monkeypatch.setattr(bootstrap, "version", lambda python: "3.9.2")
    with pytest.raises(bootstrap.Refusal, match=r"3\.11.*python3=3\.9\.2"):
        bootstrap.find_python()
    monkeypatch.setattr(bootstrap, "version", lambda python: "3.12.1")
    with pytest.raises(bootstrap.Refusal, match="python3-venv"):
        bootstrap.find_python()
