"""Fixtures for every room: the test database, the running site, a browser."""

pytest_plugins = ["jimin.platform.testing"]
