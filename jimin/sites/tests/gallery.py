"""Every component in every state, on pages that exist only in tests: /console/kit/, /kit/ and /kit/paper/."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import engines
from django.urls import path
from django_cotton.compiler_regex import CottonCompiler

from jimin.core.access.models import Account
from jimin.core.actions.errors import Difference, Problem, Refused, Stale
from jimin.sites import charts, errors
from jimin.sites.urls import handler400, handler403, handler404, handler500  # noqa: F401
from jimin.sites.urls import urlpatterns as site

HERE = Path(__file__).parent


class ApplyForm(forms.Form):
    rent = forms.DecimalField(
        label="土地租金", help_text="按一年的总数填", error_messages={"invalid": "请只填数字，如 7200"}
    )
    name = forms.CharField(label="申请人", error_messages={"required": "请填申请人姓名"})
    remark = forms.CharField(label="审核意见", required=False, widget=forms.Textarea(attrs={"rows": 3}))
    kind = forms.ChoiceField(label="范围", choices=[("a", "全省 60 个县（市、区）"), ("b", "长春市")])
    house = forms.ChoiceField(
        label="现在住的房子", choices=[("1", "和核对结果一样"), ("2", "不一样")], widget=forms.RadioSelect
    )
    seen = forms.MultipleChoiceField(
        label="看到了什么",
        required=False,
        help_text="可多选",
        choices=[("a", "房屋漏雨或开裂"), ("b", "取暖设施能用")],
        widget=forms.CheckboxSelectMultiple,
    )
    agree = forms.BooleanField(
        label="同意民政部门查询户籍、存款等信息，用来核对这次申请",
        error_messages={"required": "不同意就不能核对，请勾选或去窗口办理"},
    )
    paper = forms.FileField(label="佐证材料", required=False, help_text="PDF、Word、Excel 或照片，每个不超过 10 MB")


CHAPTERS = [
    "党的建设",
    "社会救助",
    "养老服务",
    "儿童保护",
    "基层治理",
    "社会组织",
    "区划地名",
    "社会事务",
    "慈善社工",
    "发展基础",
]
SIZES = [7, 3, 5, 3, 5, 6, 3, 4, 5, 5]
STATES = {
    9: "late",
    10: "late",
    11: "late",
    14: "late",
    38: "late",
    13: "slow",
    21: "slow",
    26: "slow",
    3: "none",
    29: "none",
    40: "cur",
}


def chapters() -> list[dict[str, Any]]:
    out, no = [], 0
    for title, size in zip(CHAPTERS, SIZES, strict=True):
        points = []
        for _ in range(size):
            no += 1
            points.append({"no": no, "name": "防返贫监测" if no == 9 else f"要点{no}", "figure": "" if no in (3, 29) else f"{60 + no % 40}%",
                           "status": STATES.get(no, "ok"), "href": "" if no in (33, 34) else f"#p{no}", "word": "尚未接入" if no in (33, 34) else "",
                           "current": no == 14})  # fmt: skip
        out.append({"title": title, "note": f"第 {no - size + 1}–{no} 点", "points": points})
    return out


def context(request: HttpRequest) -> dict[str, Any]:
    base = charts.county_map(settings.PACK / "counties.geojson")
    codes = [a.code for a in base.areas]
    values = {c: None if i % 11 == 5 else i * 2.6 for i, c in enumerate(codes)}
    months = [12, 15, 20, 31, 38, None, 60, 75, 89]
    return {
        "actor": SimpleNamespace(
            account=SimpleNamespace(name="刘敏"),
            unit=SimpleNamespace(name="农安县民政局", short_name="农安县民政局"),
            appointment=SimpleNamespace(title="", get_role_display="县局经办"),
        ),
        "menu": [
            {"title": "工作", "items": [{"label": "要点看板", "url": "#a", "current": True, "count": None}, {"label": "待办", "url": "#b", "current": False, "count": 31}]},
            {"title": "数据", "items": [{"label": "岗位权限表", "url": "#c", "current": False, "count": None}]},
        ],
        "tabs": [{"label": n, "url": "#" + i, "icon": i, "current": i == "home"} for n, i in (("首页", "home"), ("今年的事", "plan"), ("身边", "map"), ("我的", "me"))],
        "trail": [("待办", "#"), ("低保", "#"), ("王桂兰", "")],
        "statuses": ["ok", "slow", "late", "none", "cur", "todo"],
        "strip": [{"status": "late", "value": 5, "href": "#"}, {"status": "slow", "value": 7, "href": "#"}, {"status": "ok", "value": 32, "href": "#"}, {"status": "none", "value": 2}],
        "chapters": chapters(), "months": months, "base": base, "day": date(2023, 10, 13),
        "areas": charts.choropleth(base, values, [10, 20, 40, 60], hrefs={c: f"#{c}" for c in codes[:50]}, titles={c: f"县 {c[-2:]}：{values[c] or '—'}" for c in codes},
                                   selected=codes[9], symbols={codes[3]: "late"}),
        "classes": [{"css": "c1", "label": "不到 10%"}, {"css": "c2", "label": "10–20%"}, {"css": "c3", "label": "20–40%（已达 2023 目标）"}, {"css": "c4", "label": "40–60%"}, {"css": "c5", "label": "60% 以上"}, {"css": "c0", "label": "乡镇不足 3 个"}],
        "steps": [{"label": "受理", "note": "9月4日", "state": "done"}, {"label": "入户调查", "note": "9月6日 · 2 人签字", "state": "done"}, {"label": "县级审核确认", "note": "9月25日收件", "state": "current"}, {"label": "发放", "note": "确认次月起"}],
        "late_steps": [{"label": "受理", "note": "9月4日", "state": "done"}, {"label": "乡镇初审", "note": "逾期 2 日", "state": "late"}, {"label": "发放"}],
        "ledger": [{"label": "土地流转租金", "note": "财产净收入 · 年 7,200 元 ÷ 12", "amount": "600.00"}, {"label": "子女给的赡养费", "note": "协议，银行流水相符", "amount": "200.00"},
                   {"label": "城乡居民基础养老金 2 人", "amount": "236.00", "off": True}, {"label": "家庭月收入", "amount": "800.00", "sum": True}, {"label": "÷ 3 人 = 人均月收入", "amount": "266.67"}],
        "load": [{"label": "逾期", "value": 2, "state": "late", "href": "#"}, {"label": "今天", "value": 3, "state": "cur", "href": "#"}, {"label": "11 三", "value": 4, "href": "#"}, {"label": "12 四", "value": 3, "href": "#"}, {"label": "13 五", "value": 6, "href": "#"},
                 {"label": "14", "state": "off"}, {"label": "15", "state": "off"}, {"label": "16 一", "value": 5, "href": "#"}, {"label": "17 二", "value": 0, "href": "#"}],
        "figures": [{"label": "一年多花", "value": "0.91", "unit": "亿元", "note": "比现行 +4.8%"}, {"label": "新纳入", "value": 11550, "unit": "户", "status": "ok", "note": "其中边缘家庭 78%"}, {"label": "减少", "value": 917, "unit": "户", "status": "late"}, {"label": "资料不足，未算", "value": 2107, "unit": "户", "status": "none"}],
        "parts": [{"value": 1, "css": "d1", "label": "减少"}, {"value": 31, "css": "dn", "label": "不变"}, {"value": 68, "css": "c4", "label": "增加"}],
        "head": [{"read": "选择"}, {"label": "剩余", "sort": "ascending", "href": "#"}, {"label": "申请人"}, {"label": "系统判断"}, {"label": "金额", "num": True}],
        "views": [("地图", "#", True), ("表格", "#", False)],
        "answers": [{"label": "申请人", "value": "王桂兰，67 岁", "href": "#"}, {"label": "土地租金", "value": "7,200 元", "href": "#"}, {"label": "收款账户", "value": "尾号 3307\n户名王桂兰"}],
        "items": [{"title": "生活困难", "note": "低保、特困供养、临时救助", "href": "#"}, {"title": "王桂兰", "note": "低保入户调查", "href": "#", "aside": "1.2 km", "light": "late", "word": "今天到期"}, {"title": "只是文字", "note": "没有链接"}],
        "kv": [("受理", "2023年9月4日"), ("编号", "NA-DB-2023-001283")],
        "bad": ApplyForm({"rent": "七千二", "kind": "a"}), "good": ApplyForm(initial={"rent": 2400, "house": "1", "seen": ["b"]}, auto_id="good_%s"),
        "differences": [{"label": "现值", "before": "88", "theirs": "89", "mine": "90"}, {"label": "说明", "before": "无", "theirs": "无", "mine": "无"}],
    }  # fmt: skip


def _page(request: HttpRequest, name: str, **more: Any) -> HttpResponse:
    source = CottonCompiler().process((HERE / "templates" / f"{name}.html").read_text(encoding="utf-8"))
    return HttpResponse(engines["django"].from_string(source).render(context(request) | more, request))


def console(request: HttpRequest) -> HttpResponse:
    messages.success(request, "已确认：每月 910 元，11 月起发。")
    return _page(request, "console_kit")


def portal(request: HttpRequest) -> HttpResponse:
    return _page(request, "portal_kit")


def paper(request: HttpRequest) -> HttpResponse:
    return _page(request, "paper_kit")


def live(request: HttpRequest) -> HttpResponse:
    return _page(request, "live_kit", live_url="/kit/token/")


def token(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"url": "/live/?token=x"})


def block(request: HttpRequest) -> HttpResponse:
    return HttpResponse("新的内容")


def problem(request: HttpRequest, status: int) -> HttpResponse:
    return errors.too_big(request) if status == 413 else errors.page(request, status)


def crash(request: HttpRequest) -> HttpResponse:
    raise ZeroDivisionError("a fault planted by a test")


def refuse(request: HttpRequest) -> HttpResponse:
    raise Refused(
        "有 1 处填写需要改正，内容没有保存。", Problem("目标须大于现值。", "target"), next_step="请改正后再提交。"
    )


def half(request: HttpRequest) -> HttpResponse:
    Account.objects.create_user("half-done", name="只做了一半")
    raise Refused("第二步没有办成。")


def stale(request: HttpRequest) -> HttpResponse:
    changed = [Difference("value", "现值", "88", "89", "刘敏（农安县民政局·县局经办）")]
    raise Stale("您打开之后，这份记录已被他人修改；您的内容没有保存，也没有丢失。", changed, "请核对下面的差异。")


urlpatterns = [
    *site,
    path("console/kit/", console),
    path("console/kit/live/", live),
    path("kit/token/", token),
    path("kit/block/", block),
    path("kit/", portal),
    path("kit/paper/", paper),
    path("kit/<int:status>/", problem),
    path("console/kit/<int:status>/", problem),
    path("kit/crash/", crash),
    path("console/kit/refused/", refuse),
    path("console/kit/stale/", stale),
    path("console/kit/half/", half),
]
