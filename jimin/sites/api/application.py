"""The API itself: how errors are answered, and one address for each action."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError
from ninja.errors import ValidationError as NinjaValidationError

from jimin.core.access import limits
from jimin.core.access.tokens import BadToken
from jimin.core.actions.base import LONGEST_KEY, REGISTRY, Action, say
from jimin.core.actions.errors import ActionError, Refused, Stale
from jimin.sites.api.auth import Token, TooManyWrong

api = NinjaAPI(
    title="济民 Jimin API",
    version="1",
    description="同一套登记、权限和办理动作。Every change goes through the same actions as the console.",
    auth=Token(),
    urls_namespace="api",
    docs_url=None,  # the interactive page loads scripts from elsewhere; /openapi.json is the contract
)


class Wrong(Schema):
    """One thing that is wrong, at a field of the input."""

    field: str
    message: str


class Answer(Schema):
    """Why a call was not carried out: what, where, what next."""

    message: str
    next_step: str = ""
    problems: list[Wrong] = []
    differences: list[dict[str, Any]] = []


class Done(Schema):
    """An action was carried out: its result, and whether this was a repeat of an earlier call."""

    result: dict[str, Any]
    replayed: bool = False


#: The header that makes a call repeatable, for the contract.
KEY = {
    "in": "header", "name": "Idempotency-Key", "required": False, "schema": {"type": "string", "maxLength": LONGEST_KEY},
    "description": "同一个编号只办一次；再送一次，得到同一个结果。",
}  # fmt: skip
ERRORS = dict.fromkeys((400, 401, 403, 404, 409, 413, 422, 429), Answer)


def _answer(request: HttpRequest, answer: Answer, status: int) -> HttpResponse:
    if transaction.get_connection().in_atomic_block:
        transaction.set_rollback(True)
    return api.create_response(request, answer, status=status)


@api.exception_handler(ActionError)
def _refused(request: HttpRequest, error: ActionError) -> HttpResponse:
    answer = Answer(message=error.message, next_step=error.next_step)
    if isinstance(error, Refused):
        answer.problems = [Wrong(field=p.field, message=p.message) for p in error.problems]
    if isinstance(error, Stale):
        answer.differences = [
            {"field": d.field, "title": d.title, "opened": d.opened, "now": d.now, "by": d.by}
            for d in error.differences
        ]
    return _answer(request, answer, error.status)


@api.exception_handler(NinjaValidationError)
def _invalid(request: HttpRequest, error: NinjaValidationError) -> HttpResponse:
    problems = [Wrong(field=".".join(str(p) for p in e["loc"][1:]), message=say(e)) for e in error.errors]
    return _answer(request, Answer(message=_("有 %d 处填写需要改正。") % len(problems), problems=problems), 422)


@api.exception_handler(AuthenticationError)
def _unknown_caller(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    answer = Answer(
        message=_("请求头里没有令牌。"),
        next_step=_("请在请求头写 Authorization: Bearer 令牌；令牌由系统运维发放。"),
    )
    return _answer(request, answer, 401)


@api.exception_handler(BadToken)
def _bad_token(request: HttpRequest, error: BadToken) -> HttpResponse:
    """Nothing was changed before; what counts the wrong tokens must stay, so nothing is taken back."""
    answer = Answer(message=str(error), next_step=_("请向系统运维另要一个令牌。"))
    return api.create_response(request, answer, status=401)


@api.exception_handler(TooManyWrong)
def _too_many(request: HttpRequest, error: TooManyWrong) -> HttpResponse:
    words = _("这个地址用错令牌的次数太多，先停一停。请核对令牌，过 %d 分钟再试。") % limits.minutes("lock")
    response = api.create_response(request, Answer(message=words), status=429)
    response["Retry-After"] = str(limits.seconds("lock"))
    return response


@api.exception_handler(HttpError)
def _unreadable(request: HttpRequest, error: HttpError) -> HttpResponse:
    answer = Answer(message=_("请求读不懂：%s") % error, next_step=_("内容应是 UTF-8 的 JSON，见 openapi.json。"))
    return _answer(request, answer, error.status_code)


@api.exception_handler(Http404)
def _no_such(request: HttpRequest, error: Http404) -> HttpResponse:
    return _answer(request, Answer(message=_("没有这个地址。"), next_step=_("地址见 openapi.json。")), 404)


def _endpoint(action: type[Action]) -> Any:
    def perform(request: HttpRequest, data: Any) -> dict[str, Any]:
        key = request.headers.get("Idempotency-Key", "")
        result = action.perform(request.actor, data, key=key)  # type: ignore[attr-defined]
        return {"replayed": bool(result.pop("replayed", False)), "result": result}

    perform.__annotations__ = {"request": HttpRequest, "data": action.Input, "return": dict}
    return perform


def add_actions(names: frozenset[str]) -> None:
    """One POST for each named action; header Idempotency-Key makes a call repeatable."""
    for name in sorted(names):
        action = REGISTRY[name]
        api.post(
            f"/actions/{name}",
            response={200: Done, **ERRORS},
            operation_id=name.replace(".", "_"),
            summary=str(action.title),
            description=(action.__doc__ or "").strip(),
            tags=[name.split(".")[0]],
            openapi_extra={"parameters": [KEY]},
        )(_endpoint(action))
