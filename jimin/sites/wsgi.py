"""The pages as a WSGI application. Static files are served by the WhiteNoise middleware (settings)."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jimin.platform.settings")
application = get_wsgi_application()
