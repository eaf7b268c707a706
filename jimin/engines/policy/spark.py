"""The same graphs on Spark, for more than one machine holds (docs/scale.md). Needs the extra in requirements-spark.lock and Java."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import ibis

from jimin.engines.policy.province import ZONE


@contextmanager
def spark(master: str = "local[2]", memory: str = "4g") -> Iterator[Any]:
    """An Ibis connection to Spark in the office's time zone; `master` and `memory` as Spark names them.

    Division by zero and overflow raise (ANSI), as they do in DuckDB. Raises ImportError without the extra.
    """
    from pyspark.sql import SparkSession

    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    session = (
        SparkSession.builder.master(master)
        .appName("jimin")
        .config("spark.driver.memory", memory)
        .config("spark.sql.session.timeZone", ZONE)
        .config("spark.sql.ansi.enabled", "true")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("ERROR")
    try:
        yield ibis.pyspark.connect(session)
    finally:
        session.stop()
