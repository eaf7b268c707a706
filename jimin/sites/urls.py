"""The root of all addresses."""

from django.urls import URLPattern, URLResolver, include, path

from jimin.sites import errors, offline, preferences

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("jimin.sites.portal.urls")),
    path("console/", include("jimin.sites.console.urls")),
    path("api/v1/", include("jimin.sites.api.urls")),
    path("live/", include("jimin.sites.live.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("preferences/", preferences.prefer, name="prefer"),
    path("offline/", errors.offline, name="offline"),
    path("sw.js", offline.worker, name="worker"),
]

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.server_error
