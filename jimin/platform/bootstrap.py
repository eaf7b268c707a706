"""The virtual environment behind `make`: found or made from the hash lock, again only when the lock changes.

Runs on whatever `python3` is there (so: the standard library and the syntax of Python 3.6 only), finds a Python 3.11 or
newer, and prints one line when something stands in the way. pip and the user's own pip settings do the
installing; uv does where it is present and pip has no settings that uv would not read.
"""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
VENV = os.path.join(ROOT, ".venv-spark" if sys.argv[1:2] == ["spark"] else ".venv")
PYTHON = os.path.join(VENV, "bin", "python")
STAMP = os.path.join(VENV, "jimin-lock.json")
VAR = os.environ.get("JIMIN_VAR") or os.path.join(ROOT, "var")
LOG = os.path.join(VAR, "log", "install.log")
LOCKS = {"run": ["requirements.lock"], "dev": ["requirements.lock", "requirements-dev.lock"], "spark": ["requirements-spark.lock"]}
CANDIDATES = ["python3", "python3.12", "python3.11", "python3.13", "python3.14", "python"]
OLDEST = (3, 11)
NEEDED = ".".join(str(n) for n in OLDEST)
ENOUGH = 2 * 1024**3  # bytes that the development environment takes


class Refusal(Exception):
    """One line for the person at the terminal."""


def main():
    """Make .venv fit for `run` or `dev`. Exit code 2 with one line when that cannot be."""
    kind = sys.argv[1] if len(sys.argv) > 1 else "run"
    try:
        os.makedirs(os.path.dirname(LOG), exist_ok=True)
        with open(os.path.join(VAR, "install.lock"), "a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # two `make` at once: the second finds it done
            ensure(kind)
    except Refusal as refusal:
        sys.stderr.write(f"✗ {refusal}\n")
        return 2
    except PermissionError as error:
        sys.stderr.write(f"✗ 不能写 {error.filename}。请换成能写它的用户，或用 JIMIN_VAR=… 指定数据目录。\n")
        return 2
    except KeyboardInterrupt:
        sys.stderr.write("\n已中断；再运行一次会接着来（interrupted; run again）。\n")
        return 130
    return 0


def ensure(kind):
    """Nothing when .venv has these locks; else install them, into a new .venv if the lock changed."""
    wanted = {name: lock_hash(name) for name in LOCKS[kind]}
    if os.path.islink(VENV):  # somebody's own environment, linked here on purpose
        return
    done = stamped() if works(PYTHON) else None
    if done is not None and all(done.get(name) == value for name, value in wanted.items()):
        return
    changed = done is None or any(done.get(name, value) != value for name, value in wanted.items())
    began = time.time()
    if changed:
        python = find_python()
        say("准备 Python 环境 .venv（第一次要一两分钟）… preparing the environment")
        make_venv(python)
    else:
        say("补装测试用的软件包 … adding the packages for tests")
    if os.path.exists(STAMP):
        os.remove(STAMP)
    install(LOCKS[kind][-1])
    write_starter()
    with open(STAMP, "w") as file:
        json.dump(wanted, file)
    say(f"环境就绪，用时 {time.time() - began:.0f} 秒（environment ready）")


def lock_hash(name):
    """Names the content of a lock file."""
    with open(os.path.join(ROOT, name), "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def stamped():
    """What the last complete installation wrote; None after an interrupted one."""
    try:
        with open(STAMP) as file:
            return json.load(file)
    except (OSError, ValueError):
        return None


def works(python):
    """Whether this is a Python new enough with the module venv."""
    check = f"import sys, venv, ensurepip; sys.exit(sys.version_info[:2] < {OLDEST!r})"
    try:
        return subprocess.call([python, "-c", check], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0
    except OSError:
        return False


def find_python():
    """The first fitting Python; a Refusal that says what is missing."""
    chosen = os.environ.get("JIMIN_PYTHON")
    if chosen:
        if works(chosen):
            return chosen
        raise Refusal(f"JIMIN_PYTHON={chosen} 不能用：需要 Python {NEEDED} 或更新，并带 venv 模块。")
    versions = []
    for name in CANDIDATES:
        path = shutil.which(name)
        if path is None:
            continue
        if works(path):
            return path
        said = version(path)
        if said:
            versions.append(f"{name}={said}")
        if said and tuple(int(n) for n in said.split(".")[:2]) >= OLDEST:
            raise Refusal(f"{path}（{said}）缺少 venv 模块。Debian/Ubuntu：apt install python3-venv；装好后再运行。")
    raise Refusal(
        f"需要 Python {NEEDED} 或更新，只找到：{'、'.join(versions) or '没有'}。"
        "请安装后再运行，或用 JIMIN_PYTHON=/路径/python3 指定。"
    )


def version(python):
    """“3.10.12”, or an empty string when it does not run."""
    try:
        code = "import sys; print('%d.%d.%d' % sys.version_info[:3])"
        return subprocess.check_output([python, "-c", code], stderr=subprocess.DEVNULL).decode().strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def make_venv(python):
    """A fresh .venv; whatever is left of an interrupted one goes."""
    if shutil.disk_usage(ROOT).free < ENOUGH:
        say(f"注意：磁盘剩余不到 {ENOUGH // 1024**3} GB，安装可能失败（little disk space left）")
    shutil.rmtree(VENV, ignore_errors=True)
    run([python, "-m", "venv", VENV], "不能建 .venv")


def install(lock):
    """Exactly what the lock names, each file checked against its hash."""
    path = os.path.join(ROOT, lock)
    uv = shutil.which("uv")
    if uv and not pip_has_settings():
        run([uv, "pip", "install", "-q", "--require-hashes", "--python", PYTHON, "-r", path], "uv 没有装成软件包")
        return
    pip = [PYTHON, "-m", "pip", "install", "-q", "--no-input", "--disable-pip-version-check", "--require-hashes"]
    run([*pip, "-r", path], "pip 没有装成软件包")


def pip_has_settings():
    """Whether the user set up pip (an index, a proxy, a certificate …)."""
    said = subprocess.run([PYTHON, "-m", "pip", "config", "list"], stdout=subprocess.PIPE, check=False)
    return bool(said.stdout.strip())


def run(command, what):
    """Run a command with its output in the log; a Refusal with its last line when it fails."""
    with open(LOG, "wb") as log:
        code = subprocess.call(command, stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, cwd=ROOT)
    if code:
        raise Refusal(f"{what}：{explain()} 完整记录在 {LOG}。")


def explain():
    """The likely reason in one sentence, from the end of the log."""
    with open(LOG, "rb") as log:
        lines = [line for line in log.read().decode("utf-8", "replace").splitlines() if line.strip()]
    text = "\n".join(lines)
    if "No space left on device" in text:
        return "磁盘已满，请清理后再运行。"
    if "do not match the hashes" in text or "DO NOT MATCH" in text:
        return "下载的文件与锁文件的校验值不符，请检查软件源。"
    if "SSL module is not available" in text:
        return "这个 Python 没有 SSL，下载不了软件包。请换一个：JIMIN_PYTHON=/路径/python3。"
    marks = (
        "NewConnectionError",
        "Temporary failure",
        "Max retries",
        "Network is unreachable",
        "dns error",
        "timed out",
    )
    if any(mark in text for mark in marks):
        return "连不上软件源（没有网络？）。请检查网络或 pip 的设置（pip config list）后再运行。"
    errors = [line for line in lines if line.lower().startswith("error")]
    return (errors or lines or ["没有输出"])[-1].strip()[:300]


def write_starter():
    """.venv/bin/jimin: the command line from any folder."""
    path = os.path.join(VENV, "bin", "jimin")
    with open(path, "w") as file:
        file.write(
            '#!/bin/sh\nhere=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)\n'
            'PYTHONPATH="$here/../..${PYTHONPATH:+:$PYTHONPATH}" exec "$here/python" -m jimin "$@"\n'
        )
    os.chmod(path, 0o755)  # noqa: S103  (a program for everyone who may read it)


def say(text):
    """A line for the person."""
    print(text)
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
