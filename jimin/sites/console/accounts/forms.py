"""The forms of these pages; each carries the fields of its action."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from jimin.core import clock
from jimin.core.access import limits, permissions
from jimin.core.access.models import Account, Appointment
from jimin.core.access.roles import Role
from jimin.core.divisions.models import ReportingUnit, UnitKind
from jimin.sites.console.forms import ActionForm, DateInput

CURRENT = {"autocomplete": "current-password"}
ONE_TIME = {"autocomplete": "one-time-code", "autocapitalize": "none", "inputmode": "numeric"}


class UnitField(forms.CharField):
    """A reporting unit by its code or its name; the value is the code. The page offers the list #units."""

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), "list": "units", "autocomplete": "off"}

    def clean(self, value: Any) -> str:
        text = str(super().clean(value)).strip()
        if not text:
            return ""
        units = ReportingUnit.objects.filter(valid_to=None)
        found = list(units.filter(Q(code=text) | Q(name=text) | Q(short_name=text))[:3])
        exact = [u for u in found if text in (u.code, u.name)] or found
        if len(exact) == 1:
            return str(exact[0].code)
        said = _("有 %d 个单位叫“%s”，请填代码。") % (len(exact), text) if exact else _("没有叫“%s”的报送单位。") % text
        raise forms.ValidationError(said + _("请从提示里选，或填单位代码，如 220122。"))


class PostForm(ActionForm):
    """One post for an account."""

    unit = UnitField(label=lazy("单位"), help_text=lazy("输入几个字，从提示里选；也可以直接填单位代码。"))
    role = forms.ChoiceField(label=lazy("岗位"), choices=[("", lazy("请选择")), *Role.choices])
    title = forms.CharField(label=lazy("职务"), required=False, max_length=60, help_text=lazy("如：四级主任科员"))
    valid_from = forms.DateField(label=lazy("任职日期"), widget=DateInput)
    acting_for = forms.CharField(
        label=lazy("代理谁（AB 角）"), required=False, max_length=60,
        help_text=lazy("填被代理人的账号；两人要在同一个单位任职。不是代理就不填。"),
    )  # fmt: skip
    charge = forms.MultipleChoiceField(
        label=lazy("分管单位"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=lazy("只有分管领导要选。"),
    )  # fmt: skip

    def __init__(self, *args: Any, account: Account | None = None, **kwargs: Any) -> None:
        kwargs["initial"] = {"valid_from": clock.business_day(), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        self.account = account
        kinds = (UnitKind.OFFICE, UnitKind.DIRECT)
        units = ReportingUnit.objects.filter(valid_to=None, kind__in=kinds).order_by("rank", "code")
        self.fields["charge"].choices = [(u.code, u.short_name) for u in units]  # type: ignore[attr-defined]

    def payload(self) -> dict[str, Any]:
        """One row of the action's list."""
        who = {"username": self.account.username, "name": self.account.name} if self.account else {"start": True}
        return {"posts": [{**super().payload(), **who}]}


class NewAccountForm(PostForm):
    """A new account with its first post."""

    field_order = ["key", "username", "name"]

    username = forms.RegexField(
        r"^[a-z0-9_.-]{2,60}$", label=lazy("账号"),
        help_text=lazy("小写字母、数字和 . _ -，如 zhangsan。定了不能改。"),
        error_messages={"invalid": lazy("账号只能用小写字母、数字和 . _ -，2 至 60 个字符。")},
        widget=forms.TextInput(attrs={"autocapitalize": "none", "autocomplete": "off"}),
    )  # fmt: skip
    name = forms.CharField(label=lazy("姓名"), max_length=60)

    def clean_username(self) -> str:
        username = str(self.cleaned_data["username"])
        if Account.objects.filter(username=username).exists():
            raise forms.ValidationError(_("账号“%s”已经有了。请换一个；给已有账号加岗位，请从列表打开它。") % username)
        return username


class EndForm(ActionForm):
    """The day an appointment ends."""

    on = forms.DateField(label=lazy("免职日期"), widget=DateInput, help_text=lazy("从这一天起不能再以这个岗位办事。"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"on": clock.business_day(), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)


class ReasonForm(ActionForm):
    """Why."""

    reason = forms.CharField(
        label=lazy("原因"), min_length=4, max_length=200, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=lazy("写进审计，如：本人手机丢失，已当面核对工作证。"),
        error_messages={"min_length": lazy("请写清楚，至少 4 个字。")},
    )  # fmt: skip


class CodeForm(ActionForm):
    """A code of the phone."""

    code = forms.CharField(
        label=lazy("动态口令"), max_length=40, help_text=lazy("手机上现在显示的 6 位数字。"),
        widget=forms.TextInput(attrs=ONE_TIME),
    )  # fmt: skip


class RemoveForm(ActionForm):
    """Password and code."""

    password = forms.CharField(label=lazy("密码"), strip=False, widget=forms.PasswordInput(attrs=CURRENT))
    code = forms.CharField(
        label=lazy("动态口令"), max_length=40, help_text=lazy("手机上现在显示的 6 位数字；手机不在身边时填一个恢复码。"),
        widget=forms.TextInput(attrs={**ONE_TIME, "inputmode": "text"}),
    )  # fmt: skip


class TokenForm(ActionForm):
    """A token for one appointment: what for, what it may, until when."""

    name = forms.CharField(
        label=lazy("用途"),
        min_length=2,
        max_length=100,
        help_text=lazy("写清是哪个系统、做什么，如：县救助平台每月报送。"),
    )
    permissions = forms.MultipleChoiceField(
        label=lazy("准许"), widget=forms.CheckboxSelectMultiple, help_text=lazy("只列这个岗位有的；用不到的不要选。"),
        error_messages={"required": lazy("请至少选一项。")},
    )  # fmt: skip
    expires_on = forms.DateField(label=lazy("到期日"), widget=DateInput)

    def __init__(self, *args: Any, post: Appointment, offered: frozenset[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        days = self.fields["expires_on"]
        days.help_text = _("过了这一天就不能用；越短越好，最长 %d 天。") % limits.days("token_life")
        table = [p for p in permissions.table() if p.name in offered and post.role in p.roles]
        self.fields["permissions"].choices = [(p.name, p.title) for p in table]  # type: ignore[attr-defined]
