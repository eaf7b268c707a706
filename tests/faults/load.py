"""Clients that perform actions over HTTP and write down what was acknowledged, and nothing else.

A client sends a request with its own key until the whole answer says that it was carried out. What lies between two
tries (a killed process, a lost connection, a 503) is not its concern, exactly as for a person who presses again.
"""

from __future__ import annotations

import http.client
import json
import re
import threading
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html import unescape
from random import Random
from urllib.parse import urlencode

PLACE = ("220122101000", "伏龙泉镇")
INDICATOR = "faults.canteens"
TODAY = (datetime.now(UTC) + timedelta(hours=8)).date().isoformat()
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63606060000000040001f61738550000000049454e44ae426082"
)


class Away(Exception):
    """No whole answer, or one that says to come again."""


@dataclass
class Acknowledged:
    """What a client was told is done."""

    key: str
    name: str
    how: str  # "api" or "form"
    item: str = ""  # the id, where the answer names it
    file: bytes = b""
    updates: int = 0  # acknowledged ones
    seconds: float = 0
    tries: int = 1


@dataclass
class Ledger:
    """One client's own notes."""

    done: list[Acknowledged] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)  # answers that must not come
    slowest: float = 0


class Client(threading.Thread):
    """Works until told to stop, and then finishes what it has begun."""

    def __init__(self, port: int, person: dict[str, str], seed: str, stop: threading.Event) -> None:
        super().__init__(daemon=True, name=seed)
        self.port, self.person, self.stop, self.random = port, person, stop, Random(seed)
        self.ledger, self.n, self.cookies = Ledger(), 0, {}

    def run(self) -> None:
        while not self.stop.is_set():
            self.n += 1
            try:
                self.one()
            except Exception as error:
                self.ledger.wrong.append(f"{self.name}: {error!r}")
                return

    def one(self) -> None:
        raise NotImplementedError

    def until_done(self, ask, within: float = 180):
        """Ask again until there is an answer; returns it with how long and how often."""
        began, tries = time.monotonic(), 0
        while True:
            tries += 1
            try:
                return ask(), time.monotonic() - began, tries
            except Away as away:
                self.ledger.statuses[str(away)] += 1
                if time.monotonic() - began > within:
                    raise AssertionError(f"not done within {within} s: {away}") from None
                time.sleep(self.random.uniform(0.1, 0.6))

    def http(self, method: str, path: str, body: bytes | None, headers: dict[str, str]):
        """Status, headers, whole body. Raises Away when there is none, or a 5xx."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        began = time.monotonic()
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise Away(type(error).__name__) from None
        finally:
            connection.close()
            self.ledger.slowest = max(self.ledger.slowest, time.monotonic() - began)
        self.ledger.statuses[str(answer.status)] += 1
        if answer.status == 500:
            self.ledger.wrong.append(f"{method} {path}: 500 {content[:300].decode('utf-8', 'replace')}")
        if answer.status >= 500:
            raise Away(str(answer.status))
        for line in answer.headers.get_all("Set-Cookie") or []:
            name, _, rest = line.partition("=")
            self.cookies[name] = rest.partition(";")[0]
        return answer.status, answer.headers, content


class Api(Client):
    """Registers a row, and brings every second one up to date twice."""

    def one(self) -> None:
        name = f"{self.name} 第{self.n}家"
        row = {"name": name, "division": PLACE[0], "since": TODAY}
        done, seconds, tries = self.act("planning.item.register", {"indicator": INDICATOR, "rows": [row]})
        note = Acknowledged(done["key"], name, "api", done["result"]["items"][0], seconds=seconds, tries=tries)
        self.ledger.done.append(note)
        for version in (1, 2) if self.n % 2 else ():
            self.act("planning.item.update", {"item": note.item, "version": version, "stage": f"第{version}步"})
            note.updates += 1

    def act(self, action: str, data: dict) -> tuple[dict, float, int]:
        key = str(uuid.uuid4())
        headers = {
            "Authorization": f"Bearer {self.person['token']}",
            "Idempotency-Key": key,
            "Content-Type": "application/json",
        }

        def ask():
            status, _, content = self.http("POST", f"/api/v1/actions/{action}", json.dumps(data).encode(), headers)
            assert status == 200, f"{action} {status}: {content.decode()[:300]}"
            return {**json.loads(content), "key": key}

        return self.until_done(ask)


class Browser(Client):
    """Signs in, opens the form, and sends it with a file; presses again until the page goes on."""

    def one(self) -> None:
        page, _, _ = self.until_done(self.form)
        key = hidden(page, "key")
        name = f"{self.name} 第{self.n}家"
        file = PNG + f"{self.name} {self.n}".encode() if self.n % 2 else b""
        fields = {
            "csrfmiddlewaretoken": hidden(page, "csrfmiddlewaretoken"),
            "key": key, "indicator": INDICATOR, "name": name, "place": PLACE[1], "quantity": "1", "since": TODAY,
            "address": "", "stage": "",
        }  # fmt: skip

        def ask():
            body, content_type = multipart(fields, file)
            status, headers, content = self.http(
                "POST", "/console/items/register/", body, {"Content-Type": content_type, **self.head()}
            )
            if status == 302 and "/signin/" in headers["Location"]:
                raise AssertionError("signed out in the middle of the work")
            assert status == 302, f"form {status}: {text_of(content)}"

        _, seconds, tries = self.until_done(ask)
        self.ledger.done.append(Acknowledged(key, name, "form", file=file, seconds=seconds, tries=tries))

    def head(self) -> dict[str, str]:
        return {
            "Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items()),
            "Referer": f"http://127.0.0.1:{self.port}/",
        }

    def form(self) -> str:
        if "sessionid" not in self.cookies:
            self.sign_in()
        status, headers, content = self.http("GET", "/console/items/register/", None, self.head())
        assert status == 200, f"form page {status} {headers.get('Location')}"
        return content.decode()

    def sign_in(self) -> None:
        _, _, content = self.http("GET", "/console/signin/", None, self.head())
        fields = {
            "username": self.person["username"],
            "password": self.person["password"],
            "csrfmiddlewaretoken": hidden(content.decode(), "csrfmiddlewaretoken"),
        }
        headers = {"Content-Type": "application/x-www-form-urlencoded", **self.head()}
        status, _, content = self.http("POST", "/console/signin/", urlencode(fields).encode(), headers)
        assert status == 302, f"sign-in {status}: {text_of(content)}"


def hidden(page: str, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, f"no field {name}: {text_of(page.encode())}"
    return unescape(found[1])


def text_of(content: bytes) -> str:
    """A page's words, for a message."""
    text = re.sub(r"<[^>]*>", " ", content.decode("utf-8", "replace"))
    return " ".join(text.split())[:400]


def multipart(fields: dict[str, str], file: bytes) -> tuple[bytes, str]:
    """A form with one file, always the same bytes."""
    mark = "----jimin-faults"
    parts = [
        f'--{mark}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n'.encode() for k, v in fields.items()
    ]
    if file:
        head = f'--{mark}\r\nContent-Disposition: form-data; name="file-0"; filename="佐证.png"\r\nContent-Type: image/png\r\n\r\n'
        parts.append(head.encode() + file + b"\r\n")
    return b"".join([*parts, f"--{mark}--\r\n".encode()]), f"multipart/form-data; boundary={mark}"
