"""The product's settings with one consumer of events more."""

from jimin.platform.settings import *  # noqa: F403
from jimin.platform.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.faults.hearing"]
