"""The pages, and beside them `/floor`: what one hand-written query and no framework cost on the same server."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterable
from typing import Any

import psycopg

from jimin.sites.wsgi import application as pages

QUERY = """
    SELECT i.code, g.value, json_agg(json_build_array(v.period, v.numerator, v.denominator) ORDER BY v.period)
    FROM planning_point p JOIN planning_target t ON t.point_id = p.id
    JOIN indicators_indicator i ON i.id = t.indicator_id JOIN indicators_goal g ON g.id = t.goal_id
    JOIN indicators_indicatorvalue v ON v.indicator_id = i.id AND v.unit_id IS NULL
    GROUP BY i.code, g.value
"""
_local = threading.local()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """/floor by hand, all else by the site."""
    if environ["PATH_INFO"] != "/floor":
        return pages(environ, start_response)
    if not hasattr(_local, "connection"):
        _local.connection = psycopg.connect(os.environ["JIMIN_DATABASE_URL"], autocommit=True)
    body = json.dumps(_local.connection.execute(QUERY).fetchall(), default=str).encode()
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]
