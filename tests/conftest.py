"""The example domain is an app of its own settings: tests/test_add_a_domain.py runs its tests under them."""

from django.conf import settings

collect_ignore = [] if "tests.example_domain" in settings.INSTALLED_APPS else ["example_domain"]
