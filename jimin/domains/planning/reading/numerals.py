"""Chinese and Roman numerals: 四十六 → 46, 二〇二三 → 2023, 一百零五万 → 1050000, Ⅳ → 4."""

from __future__ import annotations

_DIGITS = {char: value for value, char in enumerate("〇一二三四五六七八九")} | {"零": 0, "两": 2, "廿": 20, "卅": 30}
_SMALL = {"十": 10, "百": 100, "千": 1000}
_BIG = {"万": 10_000, "亿": 100_000_000}
_ROMAN = {"I": 1, "V": 5, "X": 10, "L": 50}

HAN_NUMERAL = "〇零一二两三四五六七八九十百千万亿"


def from_han(text: str) -> int | None:
    """The whole number a Chinese numeral says, None when it says none (十百, 二三)."""
    if not text or any(char not in HAN_NUMERAL for char in text):
        return None
    if all(char in _DIGITS for char in text):
        # Digits without 十 or 百 are read one by one only as years or long numbers: 二〇二三.
        if len(text) == 1:
            return _DIGITS[text]
        return int("".join(str(_DIGITS[char]) for char in text)) if len(text) >= 4 or "〇" in text else None
    return _with_units(text)


def _with_units(text: str) -> int | None:
    total = section = 0
    digit: int | None = None
    for char in text:
        if char in _DIGITS:
            if digit not in (None, 0):
                return None
            digit = _DIGITS[char]
        elif char in _SMALL:
            unit = _SMALL[char]
            if digit is None and unit != 10:
                return None
            section += (1 if digit is None else digit) * unit
            digit = None
        else:
            section += digit or 0
            if section == 0:
                return None
            total = (total + section) * _BIG[char] if char == "亿" else total + section * _BIG[char]
            section, digit = 0, None
    return total + section + (digit or 0)


def to_han(number: int) -> str:
    """1 → 一, 46 → 四十六 (1 to 999); other numbers in ASCII digits."""
    if not 0 < number < 1000:
        return str(number)
    digits = "零一二三四五六七八九"
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    text = f"{digits[hundreds]}百" if hundreds else ""
    if tens:
        text += ("" if tens == 1 and not hundreds else digits[tens]) + "十"
    elif hundreds and ones:
        text += "零"
    return text + (digits[ones] if ones else "")


def from_roman(text: str) -> int | None:
    """IV → 4 (up to 89, ASCII letters), None when it is no Roman numeral in its usual form."""
    if not text or any(char not in _ROMAN for char in text):
        return None
    values = [_ROMAN[char] for char in text]
    total = sum(-v if i + 1 < len(values) and v < values[i + 1] else v for i, v in enumerate(values))
    return total if to_roman(total) == text else None


def to_roman(number: int) -> str:
    """4 → IV (1 to 89)."""
    tens = ["", "X", "XX", "XXX", "XL", "L", "LX", "LXX", "LXXX"]
    ones = ["", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"]
    return tens[number // 10] + ones[number % 10] if 0 < number < 90 else str(number)
