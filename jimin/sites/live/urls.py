"""The live process answers /live/ itself (asgi.py); the pages only say where: console/live-token/."""

from django.urls import URLPattern, URLResolver

app_name = "live"
urlpatterns: list[URLPattern | URLResolver] = []
