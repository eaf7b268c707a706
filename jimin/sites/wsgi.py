"""The pages, for any WSGI server."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("JIMIN_STATEMENT_SECONDS", "20")  # nobody waits longer for a page
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jimin.platform.settings")
application = get_wsgi_application()
