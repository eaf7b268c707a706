"""Where a page gets the address of its stream."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from jimin.core.access.scope import Actor
from jimin.sites.live import tokens


@require_GET
def token(request: HttpRequest) -> JsonResponse:
    """{"url": …} for a signed-in actor; good for a minute. Asking for it is no activity that keeps a sign-in alive."""
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None:
        return JsonResponse({"error": _("登录已经结束，请重新登录。")}, status=403)
    query = urlencode({"token": tokens.issue(actor, f"{request.scheme}://{request.get_host()}")})
    return JsonResponse({"url": f"{settings.JIMIN_LIVE_ORIGIN}/live/?{query}"})
