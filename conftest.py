"""Fixtures for every room: the test database, the running site, a browser (what each is, beside its code)."""

pytest_plugins = ["jimin.platform.testing", "jimin.platform.browser"]
