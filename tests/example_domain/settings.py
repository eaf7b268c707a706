"""The product's settings with one more domain."""

from jimin.platform.settings import *  # noqa: F403
from jimin.platform.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.example_domain"]
