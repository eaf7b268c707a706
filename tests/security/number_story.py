"""A day's work with people's numbers, told over the pages: whatever a clerk may do with one, right and wrong."""

from __future__ import annotations

import http.client
import re
import uuid
from dataclasses import dataclass, field
from random import Random
from typing import Any, Protocol
from urllib.parse import urlencode

from django.test import Client

from jimin.core.secrets.numbers import id_check, luhn


class Answer(Protocol):
    """What both kinds of browser give back."""

    status_code: int
    content: bytes


class Browser(Protocol):
    """Django's test client, or one that speaks HTTP to a running installation."""

    def get(self, path: str) -> Answer: ...

    def post(self, path: str, data: dict[str, Any]) -> Answer: ...


@dataclass
class Got:
    """An answer over HTTP."""

    status_code: int
    content: bytes


class Http:
    """A browser of one person: cookies, the CSRF token, no scripts."""

    def __init__(self, port: int) -> None:
        self.port, self.cookies = port, dict[str, str]()

    def get(self, path: str) -> Got:
        return self._ask("GET", path)

    def post(self, path: str, data: dict[str, Any]) -> Got:
        body = urlencode({k: v for k, v in data.items() if v is not None}, doseq=True).encode()
        return self._ask("POST", path, body, "application/x-www-form-urlencoded")

    def upload(self, path: str, name: str, content: bytes) -> Got:
        """One file, as a form sends it."""
        mark = uuid.uuid4().hex
        head = f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode()
        return self._ask(
            "POST", path, head + content + f"\r\n--{mark}--\r\n".encode(), f"multipart/form-data; boundary={mark}"
        )

    def sign_in(self, username: str, password: str) -> Got:
        self.get("/console/signin/")
        return self.post("/console/signin/", {"username": username, "password": password})

    def _ask(self, method: str, path: str, body: bytes | None = None, content_type: str = "") -> Got:
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        if body is not None:
            headers |= {"Content-Type": content_type, "X-CSRFToken": self.cookies.get("csrftoken", "")}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            for line in answer.headers.get_all("Set-Cookie") or []:
                name, _is, value = line.partition(";")[0].partition("=")
                self.cookies[name] = value
            return Got(answer.status, answer.read())
        finally:
            connection.close()


@dataclass
class Story:
    """Two clerks, each with a village of their own; `told` holds every number that was typed, right or wrong."""

    near: Browser
    far: Browser
    stranger: Browser
    village: str
    far_village: str
    seed: int = 7
    told: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.random = Random(self.seed)
        self.people: list[dict[str, str]] = []

    # -- numbers -----------------------------------------------------------------------------------
    def id_number(self) -> str:
        day = f"{self.random.randint(1940, 2010)}{self.random.randint(1, 12):02}{self.random.randint(1, 28):02}"
        first = f"22{self.random.randint(1000, 9999)}{day}{self.random.randint(0, 999):03}"
        return self.tell(first + id_check(first))

    def phone(self) -> str:
        return self.tell(f"1{self.random.choice('356789')}{self.random.randint(0, 10**9 - 1):09}")

    def card(self) -> str:
        first = f"6222{self.random.randint(0, 10**14 - 1):014}"
        return self.tell(next(first + d for d in "0123456789" if luhn(first + d)))

    def tell(self, number: str) -> str:
        self.told.add(number)
        return number

    # -- what is done with them --------------------------------------------------------------------
    def work(self, households: int) -> None:
        """All of it, each step with the answer it must get, so that nothing is skipped unnoticed."""
        for n in range(households):
            self.register(n)
        self.look_for()
        self.correct()
        self.be_refused()
        self.mistype()
        self.reveal()
        self.carry_away()

    def register(self, n: int) -> None:
        person = {
            "name": f"某{chr(0x4E00 + n)}",
            "id_number": self.id_number(),
            "phone": self.phone(),
            "bank_card": self.card(),
        }
        form = {"division": self.village, "address": "1社", "sex": "未知", **person}
        self.done(self.near, "/console/households/new/", form)
        answer = self.near.post("/console/people/search/", {"q": person["id_number"]})
        key = re.search(rb"/console/people/([0-9a-f-]{36})/", answer.content)
        assert answer.status_code == 200 and key, answer.content.decode()[-3000:]
        self.people.append({**person, "key": key[1].decode()})

    def look_for(self) -> None:
        person = self.people[0]
        for typed in (person["phone"], person["name"], f"{person['id_number'][:6]} {person['id_number'][6:]}"):
            assert person["key"].encode() in self.seen(self.near.post("/console/people/search/", {"q": typed}))
        for address in ("/console/people/", "/console/households/", f"/console/people/{person['key']}/"):
            self.seen(self.near.get(address))

    def correct(self) -> None:
        one, two = self.people[0], self.people[1]
        known = {"version": 1, "reason": "与户口簿核对"}
        self.done(
            self.near,
            f"/console/people/{one['key']}/correct/",
            {**known, "name": one["name"], "phone": self.phone(), **self.said(one)},
        )
        changed = {**known, "name": two["name"], "id_number": self.id_number(), **self.said(two)}
        self.done(self.near, f"/console/people/{two['key']}/correct/", changed)

    def said(self, person: dict[str, str]) -> dict[str, str]:
        """The particulars the form shows, sent back as they are."""
        number = person["id_number"]
        birth = f"{number[6:10]}-{number[10:12]}-{number[12:14]}"
        return {"birth": birth, "sex": "女" if int(number[16]) % 2 == 0 else "男"}

    def be_refused(self) -> None:
        taken = self.people[0]["id_number"]
        again = {
            "division": self.far_village,
            "sex": "未知",
            "name": "另一人",
            "id_number": taken,
            "phone": self.phone(),
        }
        self.refused(self.far, "/console/households/new/", again)
        self.refused(self.near, "/console/households/new/", {**again, "division": self.village})
        other = self.people[2]
        stolen = {"version": 1, "reason": "改成别人的号", "name": other["name"], "id_number": taken}
        self.refused(self.near, f"/console/people/{other['key']}/correct/", stolen)
        self.refused(
            self.near, f"/console/people/{other['key']}/correct/", {**stolen, "reason": f"原号为{other['id_number']}"}
        )
        assert self.far.get(f"/console/people/{other['key']}/").status_code == 404

    def mistype(self) -> None:
        right = self.people[0]["id_number"]
        wrong = [self.tell(right[:-1] + ("1" if right[-1] != "1" else "2")), right[:17], f"{right}0", f"号{right}"]
        for typed in wrong:
            assert self.near.post("/console/people/search/", {"q": typed}).status_code == 422, typed
            self.refused(
                self.near,
                "/console/households/new/",
                {"division": self.village, "sex": "未知", "name": "甲", "id_number": typed},
            )
        for name, typed in (
            ("phone", self.people[0]["phone"] + "1"),
            ("bank_card", self.people[0]["bank_card"][:-1] + "x"),
        ):
            self.refused(
                self.near,
                "/console/households/new/",
                {"division": self.village, "sex": "未知", "name": "甲", name: typed},
            )
        # Into the wrong box: as an account, as a password, as a condition of another list, as a document's code.
        self.stranger.get("/console/signin/")
        self.stranger.post("/console/signin/", {"username": right, "password": self.people[0]["phone"]})
        assert self.near.get(f"/console/r/planning.items/?q={right}").status_code == 200
        assert self.near.get(f"/console/r/parties.people/?id_number={right}").status_code == 422
        assert self.near.get(f"/console/people/{right}/").status_code == 404
        assert self.near.post("/console/people/search/", {"q": right, "next": "\0"}).status_code < 500

    def reveal(self) -> None:
        person = self.people[2]
        for name in ("id_number", "phone", "bank_card"):
            address = f"/console/people/{person['key']}/number/{name}/"
            assert person[name].encode() in self.seen(self.near.post(address, {"why": "与本人出示的证件核对"}))
            self.refused(self.near, address, {"why": "other", "other": ""})
            self.refused(self.near, address, {"why": "other", "other": f"核对{person['id_number']}"})

    def carry_away(self) -> None:
        for form in ("csv", "xlsx"):
            for register in ("parties.people", "parties.households"):
                assert self.near.get(f"/console/r/{register}/export.{form}").status_code == 200

    # -- answers -----------------------------------------------------------------------------------
    def done(self, who: Browser, path: str, data: dict[str, Any]) -> None:
        answer = who.post(path, {"key": str(uuid.uuid4()), **data})
        assert answer.status_code == 302, (path, answer.status_code, plain(answer.content))

    def refused(self, who: Browser, path: str, data: dict[str, Any]) -> None:
        answer = who.post(path, {"key": str(uuid.uuid4()), **data})
        assert answer.status_code == 422, (path, answer.status_code, plain(answer.content))

    def seen(self, answer: Answer) -> bytes:
        assert answer.status_code == 200, (answer.status_code, plain(answer.content))
        return answer.content


def plain(page: bytes) -> str:
    """A page's words."""
    text = re.sub(r"(?s)<(style|script|svg).*?</\1>|<[^>]+>", " ", page.decode(errors="replace"))
    return re.sub(r"\s+", " ", text)[-1500:]


def client_of(account: Any) -> Client:
    """Django's test client, signed in."""
    client = Client(raise_request_exception=False)
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    return client
