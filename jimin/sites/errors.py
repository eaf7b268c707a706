"""Pages for what went wrong: each says what, where, and what to do next.

The pages stand alone (no database, no session, no menu), so that they can be shown when those are what failed.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from jimin.core import clock
from jimin.core.actions.errors import ActionError, Stale
from jimin.core.files.limits import MB, limits
from jimin.sites import outage, preferences

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Problem:
    """The words of one kind of failure."""

    title: Text
    what: Text
    next_step: Text


PROBLEMS: dict[int, Problem] = {
    400: Problem(
        _("这个请求看不懂"),
        _("地址或提交的内容不完整，没有办理任何事。"),
        _("请回到上一页刷新后再试；不要手工改地址里的编号。"),
    ),
    403: Problem(
        _("您不能打开这一页"),
        _("这一页归别的岗位或别的单位，所以没有显示。"),
        _("请换一个岗位，或从菜单进入自己的工作；确实需要时，联系本单位的系统管理员。"),
    ),
    404: Problem(
        _("没有这一页"),
        _("地址可能打错了，也可能这份记录已经移走，或不在您的管辖范围内。"),
        _("请从首页或列表重新进入。"),
    ),
    409: Problem(
        _("别人刚刚改过这份记录"),
        _("您打开之后，这份记录又被改过。您的内容没有保存。"),
        _("请先看两边的差异，再决定怎么改。"),
    ),
    413: Problem(
        _("文件太大，没有收下"),
        _("一次提交最多 %(limit)s MB，刚才的超过了。"),
        _("请把文件压缩或分几次上传；照片可以拍小一点。"),
    ),
    422: Problem(
        _("这一步没有办成"),
        _("内容没有保存，也没有改动任何记录。"),
        _("请按下面的说明改正后再提交。"),
    ),
    429: Problem(
        _("请求太多，请歇一会儿"),
        _("短时间内提交了很多次，后面的没有处理。"),
        _("请过一分钟再试；已经成功的不用重做。"),
    ),
    500: Problem(
        _("这里出了差错，是我们的问题"),
        _("刚才的操作没有完成，也没有存下一半。"),
        _("请过几分钟再试；再出现时，把下面的时间和地址告诉系统管理员。"),
    ),
    503: Problem(
        _("正在维护，暂时打不开"),
        _("系统正在升级或重新启动，已经提交的内容不受影响。"),
        _("请过几分钟再刷新。"),
    ),
}
OFFLINE = Problem(
    _("现在没有网络"),
    _("这一页要连上网才能打开。已经提交的内容不受影响。"),
    _("请检查网络后刷新；急事请打 12345。"),
)
EXPIRED_FORM = Problem(
    _("这张表放得太久，没有提交"),
    _("为了安全，登录或退出之后，以前打开的表不能再提交。"),
    _("请回到上一页刷新，再提交一次；填好的内容可以先复制下来。"),
)


def _context(request: HttpRequest, problem: Problem, status: int | str) -> dict[str, Any]:
    staff = request.path.startswith("/console/")
    return {
        "problem": problem,
        "status": status,
        "path": request.path,
        "home": "/console/" if staff else "/",
        "staff": staff,
        "demo": clock.is_demo(),
        "at": clock.now(),
        "look": preferences.look(request),
        "theme": preferences.theme(request),
    }


def page(request: HttpRequest, status: int, problem: Problem | None = None, **more: Any) -> HttpResponse:
    """The page for a status; `problem` replaces its usual words. The API gets the same words in its own shape."""
    if request.path.startswith("/api/"):
        return _json(problem or PROBLEMS[status], status)
    context = _context(request, problem or PROBLEMS[status], status) | more
    return HttpResponse(render_to_string("errors/problem.html", context), status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400, or 413 when the upload was too big."""
    if isinstance(exception, RequestDataTooBig):
        return too_big(request)
    return page(request, 400)


def too_big(request: HttpRequest, most: int = 0) -> HttpResponse:
    """413, with the limit in bytes (`most`; 0: that of a form with files, or of one without)."""
    words = PROBLEMS[413]
    usual = limits()["request_mb"] * MB if request.content_type == "multipart/form-data" else 0
    limit = (most or usual or settings.DATA_UPLOAD_MAX_MEMORY_SIZE) // MB
    words = Problem(words.title, words.what % {"limit": limit}, words.next_step)
    return page(request, 413, words)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403."""
    return page(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404."""
    return page(request, 404)


def _json(words: Problem | outage.Outage, status: int) -> HttpResponse:
    """The API's form of an answer, for what does not come as far as the API."""
    said: dict[str, Any] = {
        "message": f"{words.title}：{words.what}",
        "next_step": words.next_step,
        "problems": [],
        "differences": [],
    }
    return JsonResponse(said, status=status)


def server_error(request: HttpRequest) -> HttpResponse:
    """500; 503 when the database is away, a disk is full or a record is held (then with the form to send again)."""
    found = outage.outage_of(sys.exc_info()[1])
    words = found or PROBLEMS[500]
    if request.path.startswith("/api/"):
        response: HttpResponse = _json(words, 503 if found else 500)
    elif found:
        more = {"again": outage.again(request), "posted": request.method == "POST", "here": request.get_full_path()}
        response = page(request, 503, Problem(found.title, found.what, found.next_step), **more)
    else:
        response = page(request, 500)
    if found:
        response["Retry-After"] = str(found.retry_after)
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose token is missing or old."""
    return page(request, 403, EXPIRED_FORM)


def offline(request: HttpRequest) -> HttpResponse:
    """The page that the service worker keeps for when there is no network."""
    return HttpResponse(render_to_string("errors/problem.html", _context(request, OFFLINE, "offline")))


#: Fields of a form that are no content of the person's.
NOT_TYPED = frozenset({"csrfmiddlewaretoken", "version", "key", "next"})


def refused(
    request: HttpRequest, error: ActionError, back: str = "", titles: Mapping[str, Text] | None = None
) -> HttpResponse:
    """Why an action was not carried out, with what was typed; for a stale form the differences too.

    Args: back, where to go on (default: the page one came from); titles, the words of the form's fields by name
    (a field without one is not shown again).
    """
    words = dict(titles or {})
    rows = []
    if isinstance(error, Stale):
        words |= {d.field: d.title for d in error.differences}
        rows = [
            {
                "label": d.title,
                "before": d.opened,
                "theirs": d.now,
                "mine": request.POST.get(d.field, d.opened),
                "by": d.by,
            }
            for d in error.differences
        ]
    context = {
        "error": error,
        "problem": PROBLEMS.get(error.status, PROBLEMS[422]),
        "rows": rows,
        "typed": [(words[k], v) for k, v in request.POST.items() if k in words and k not in NOT_TYPED and v],
        "back": back or _came_from(request),
    }
    return render(request, "console/refused.html", context, status=error.status)


def _came_from(request: HttpRequest) -> str:
    """The page before this one if it is ours, else the console's first page."""
    before = request.headers.get("Referer", "")
    ours = url_has_allowed_host_and_scheme(before, {request.get_host()}, require_https=request.is_secure())
    return before if before and ours else "/console/"


class NulMiddleware:
    """An address with a NUL character is refused: PostgreSQL cannot even compare with one. The API answers itself."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith("/api/") and ("\0" in request.path or "%00" in request.META["QUERY_STRING"]):
            return page(request, 400)
        return self.get_response(request)


class ActionErrorMiddleware:
    """An action's refusal that a view did not handle becomes the page of refusal; the API answers for itself.

    Whatever the same request had changed before is taken back: it failed as a whole.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, ActionError) or request.path.startswith("/api/"):
            return None
        response = refused(request, exception)
        if connection.in_atomic_block:
            transaction.set_rollback(True)
        return response
