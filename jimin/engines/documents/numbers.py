"""发文字号: 督〔2023〕17号. Consecutive within issuer, 机关代字 and year, without gaps."""

from __future__ import annotations

from django.db import models, transaction

from .model import DocumentError
from .models import NumberSeries


def allot(*, issuer: str, word: str, year: int) -> str:
    """The next number of a series, for example 督〔2023〕17号.

    The series stays locked until the caller's transaction ends, and a transaction that fails gives its number back:
    hence no gaps, and one writer at a time in each series.

    Raises: DocumentError outside a transaction, or when the series has no name.
    """
    if not transaction.get_connection().in_atomic_block:
        raise DocumentError("发文字号只能在事务中取用，以免跳号；请在动作里调用 allot。")
    if not issuer.strip() or not word.strip():
        raise DocumentError("取发文字号要有发文机关和机关代字，例如“吉林省民政厅”“吉民督”。")
    series, _ = NumberSeries.objects.get_or_create(issuer=issuer, word=word, year=year)
    series = NumberSeries.objects.select_for_update().get(pk=series.pk)
    series.last += 1
    NumberSeries.objects.filter(pk=series.pk).update(last=series.last, version=models.F("version") + 1)
    return f"{word}〔{year}〕{series.last}号"
