"""The numbers that name people and organisations: how each is written, checked and masked.

Citizen id GB 11643, unified social credit code GB 32100, check characters ISO 7064 and GB/T 17710;
bank cards by Luhn (ISO/IEC 7812-1); phones as the numbering plan of the mainland writes them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
ID_CHECKS = "10X98765432"
USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
USCC_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)


class BadNumber(ValueError):
    """The text is no such number. The message says what is wrong and what is allowed, never the number itself."""


def plain(text: str) -> str:
    """Half-width, upper case, without spaces and hyphens, as people copy numbers from paper."""
    return re.sub(r"[\s\-‐‑–—]", "", unicodedata.normalize("NFKC", text)).upper()


@dataclass(frozen=True, slots=True)
class Citizen:
    """What an id number says: the 18 characters, birth date, sex and the six-digit area code."""

    number: str
    birth: date
    female: bool
    area: str


def id_check(first17: str) -> str:
    """The 18th character for the first 17 digits (GB 11643, ISO 7064 MOD 11-2)."""
    return ID_CHECKS[sum(w * int(d) for w, d in zip(ID_WEIGHTS, first17, strict=True)) % 11]


def citizen(text: str, *, today: date | None = None) -> Citizen:
    """Read an id number of 18 or (old) 15 characters; 15 are brought to 18. Raises BadNumber.

    `today` refuses a birth in the future.
    """
    value = plain(text)
    if re.fullmatch(r"\d{15}", value):
        value = value[:6] + "19" + value[6:]
        value += id_check(value)
    if not re.fullmatch(r"\d{17}[\dX]", value):
        raise BadNumber(_("身份证号应为 18 位（末位可为 X）或 15 位数字，现为 %d 位，或含有其他字符。") % len(value))
    try:
        birth = date(int(value[6:10]), int(value[10:12]), int(value[12:14]))
    except ValueError:
        raise BadNumber(_("身份证号第 7 至 14 位不是一个日期，请对照证件核对。")) from None
    if birth.year < 1880 or (today and birth > today):
        raise BadNumber(_("身份证号中的出生日期不可能，请对照证件核对第 7 至 14 位。"))
    if value[17] != id_check(value[:17]):
        raise BadNumber(_("身份证号校验位不对，多半有一位抄错，请对照证件逐位核对。"))
    return Citizen(value, birth, int(value[16]) % 2 == 0, value[:6])


def id_number(text: str) -> str:
    """The 18 characters of a citizen id. Raises BadNumber."""
    return citizen(text).number


def uscc_check(first17: str) -> str:
    """The 18th character for the first 17 (GB 32100)."""
    total = sum(w * USCC_ALPHABET.index(c) for w, c in zip(USCC_WEIGHTS, first17, strict=True))
    return USCC_ALPHABET[-total % 31]


def uscc(text: str) -> str:
    """The 18 characters of a unified social credit code. Raises BadNumber."""
    value = plain(text)
    if len(value) != 18:
        raise BadNumber(_("统一社会信用代码应为 18 位，现为 %d 位。") % len(value))
    wrong = sorted({c for c in value if c not in USCC_ALPHABET})
    if wrong:
        raise BadNumber(_("统一社会信用代码不用 %s；可用数字和除 I、O、S、V、Z 以外的大写字母。") % "、".join(wrong))
    if not value[2:8].isdigit():
        raise BadNumber(_("统一社会信用代码第 3 至 8 位应为六位区划数字，请核对。"))
    if value[17] != uscc_check(value[:17]):
        raise BadNumber(_("统一社会信用代码校验位不对，多半有一位抄错，请对照证书逐位核对。"))
    return value


def phone(text: str) -> str:
    """A mobile (11 digits) or a landline with area code. Raises BadNumber."""
    value = re.sub(r"^(\+|00)?86(?=1\d{10}$|0\d{9,11}$)", "", re.sub(r"[()]", "", plain(text)))
    if not re.fullmatch(r"1[3-9]\d{9}|0\d{2,3}[2-9]\d{6,7}", value):
        raise BadNumber(_("电话应为 11 位手机号，或带区号的固定电话（如 0431-88888888）。"))
    return value


def luhn(digits: str) -> bool:
    """Whether the last digit is the check digit of the others."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (2 if place % 2 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0


def bank_card(text: str) -> str:
    """A bank card of 16 to 19 digits. Raises BadNumber."""
    value = plain(text)
    if not re.fullmatch(r"\d{16,19}", value):
        raise BadNumber(_("银行卡号应为 16 至 19 位数字，现为 %d 位，或含有其他字符。") % len(value))
    if not luhn(value):
        raise BadNumber(_("银行卡号校验位不对，多半有一位抄错，请对照银行卡逐位核对。"))
    return value


def mask(text: str, head: int, tail: int) -> str:
    """The first and last characters, stars between; a text too short for that keeps a quarter at each end."""
    if len(text) - head - tail < 4:
        head = tail = len(text) // 4
    return text[:head] + "*" * (len(text) - head - tail) + (text[-tail:] if tail else "")


def mask_name(name: str) -> str:
    """王桂兰 → 王*兰, 李明 → 李*: enough to call somebody by, not to look somebody up."""
    if len(name) < 3:
        return name[:1] + "*" * (len(name) - 1)
    return name[0] + "*" * (len(name) - 2) + name[-1]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of number: its prefix in tokens, its Chinese name, how to normalise and how to mask it."""

    code: str
    title: str
    normalise: Callable[[str], str]
    head: int
    tail: int

    def mask(self, number: str) -> str:
        """A normalised number with its middle hidden."""
        return mask(number, self.head, self.tail)


KINDS = {
    kind.code: kind
    for kind in (
        Kind("id", "身份证号", id_number, 6, 4),
        Kind("phone", "电话", phone, 3, 4),
        Kind("bank", "银行卡号", bank_card, 4, 4),
    )
}
