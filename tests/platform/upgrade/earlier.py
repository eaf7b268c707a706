"""An earlier release's database: made by its own code from the history, or read from the kept dump.

`python -m tests.platform.upgrade.earlier` writes the kept dump anew (JIMIN_TEST_SERVER names a server): done once for
each release, together with the commit in release.txt.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from io import BytesIO
from pathlib import Path

from jimin.platform.backup import tools
from jimin.platform.places import ROOT

HERE = Path(__file__).parent
COMMIT = (HERE / "release.txt").read_text().split()[0]
KEPT = HERE / "release.tar.gz"  # database.dump, keys.json, files/, anchors/
DUMP = "database.dump"
# Our own archives; Python before 3.11.4 knows no filter, and later ones ask for one.
SAFE: dict[str, str] = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}


def in_history() -> bool:
    """Whether the release's commit is here (not in an archive or a shallow clone)."""
    found = subprocess.run(["git", "cat-file", "-e", f"{COMMIT}^{{commit}}"], cwd=ROOT, capture_output=True)
    return found.returncode == 0


def make(folder: Path, owner: str, app: str, dump: Path) -> None:
    """Let the release's own code fill the empty database of `owner` and the var `folder`; then dump it."""
    tree = folder / "tree"
    packed = subprocess.run(["git", "archive", COMMIT], cwd=ROOT, capture_output=True, check=True).stdout
    with tarfile.open(fileobj=BytesIO(packed)) as archive:
        archive.extractall(tree, **SAFE)
    shutil.copy(HERE / "small_data.py", tree / "small_data.py")
    environment = {
        **{k: v for k, v in os.environ.items() if not k.startswith("JIMIN_") and k != "DATABASE_URL"},
        "PYTHONPATH": str(tree), "JIMIN_VAR": str(folder), "JIMIN_KEYS": str(folder / "keys.json"),
        "JIMIN_SECRET_KEY": "x" * 40, "JIMIN_DATABASE_URL": app, "JIMIN_OWNER_DATABASE_URL": owner, "JIMIN_DEMO": "1",
        "JIMIN_BUSINESS_DAY": "2023-10-10", "DJANGO_SETTINGS_MODULE": "jimin.platform.settings",
    }  # fmt: skip
    for words in (["-m", "jimin", "migrate"], ["-m", "jimin", "pack", "load"], ["small_data.py"]):
        done = subprocess.run([sys.executable, *words], cwd=tree, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, f"{words}: {done.stdout[-2000:]}{done.stderr[-2000:]}"
    with tools.dump(owner, "", 1, without=(), by_policy=True) as running, open(dump, "wb") as out:
        shutil.copyfileobj(running.out, out)
        running.finish()
    shutil.rmtree(tree)


def unpack(folder: Path) -> Path:
    """The kept release in a var folder; the place of its dump."""
    with tarfile.open(KEPT) as archive:
        archive.extractall(folder, **SAFE)
    (folder / "keys.json").chmod(0o600)
    return folder / DUMP


def main() -> None:
    """Write the kept dump anew."""
    import psycopg

    from jimin.platform import testing

    name = "jimin_release_being_kept"
    with psycopg.connect(testing.server_url(), autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        server.execute(f"CREATE DATABASE {name} OWNER jimin_owner TEMPLATE template0 ENCODING 'UTF8'")
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place)
            make(folder, testing._url("jimin_owner", name), testing._url("jimin_app", name), folder / DUMP)
            with tarfile.open(KEPT, "w:gz", compresslevel=9) as archive:
                for part in (DUMP, "keys.json", "files", "anchors"):
                    archive.add(folder / part, part, filter=_nobodys)
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")
    print(f"{KEPT.name}: {KEPT.stat().st_size / 1e6:.2f} MB, {COMMIT}")


def _nobodys(part: tarfile.TarInfo) -> tarfile.TarInfo:
    part.uid = part.gid = 0
    part.uname = part.gname = ""
    return part


if __name__ == "__main__":
    main()
