from __future__ import annotations

import threading

import pytest
from django.db import connection, transaction

from jimin.engines.documents.model import DocumentError
from jimin.engines.documents.models import NumberSeries
from jimin.engines.documents.numbers import allot


@pytest.mark.django_db
def test_numbers_follow_one_another_within_issuer_word_and_year() -> None:
    given = [allot(issuer="吉林省民政厅", word="督", year=2023) for _ in range(3)]
    assert given == ["督〔2023〕1号", "督〔2023〕2号", "督〔2023〕3号"]
    assert allot(issuer="吉林省民政厅", word="督", year=2024) == "督〔2024〕1号"
    assert allot(issuer="吉林省民政厅", word="吉民函", year=2023) == "吉民函〔2023〕1号"
    assert allot(issuer="长春市民政局", word="督", year=2023) == "督〔2023〕1号"


@pytest.mark.django_db(transaction=True)
def test_a_failed_transaction_gives_its_number_back() -> None:
    with transaction.atomic():
        allot(issuer="厅", word="督", year=2023)
    with pytest.raises(RuntimeError), transaction.atomic():
        assert allot(issuer="厅", word="督", year=2023) == "督〔2023〕2号"
        raise RuntimeError
    with transaction.atomic():
        assert allot(issuer="厅", word="督", year=2023) == "督〔2023〕2号"


@pytest.mark.django_db(transaction=True)
def test_two_writers_never_get_the_same_number_and_leave_no_gap() -> None:
    given: list[str] = []
    start = threading.Barrier(2)

    def write() -> None:
        try:
            start.wait()
            for _ in range(40):
                with transaction.atomic():
                    number = allot(issuer="厅", word="督", year=2023)
                given.append(number)
        finally:
            connection.close()

    writers = [threading.Thread(target=write) for _ in range(2)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
    assert sorted(given) == sorted(f"督〔2023〕{n}号" for n in range(1, 81))
    assert NumberSeries.objects.get().last == 80


@pytest.mark.django_db(transaction=True)
def test_a_number_outside_a_transaction_is_refused() -> None:
    with pytest.raises(DocumentError, match="事务"):
        allot(issuer="厅", word="督", year=2023)


@pytest.mark.django_db
def test_a_series_without_a_name_is_refused() -> None:
    with pytest.raises(DocumentError, match="机关代字"):
        allot(issuer="厅", word=" ", year=2023)
