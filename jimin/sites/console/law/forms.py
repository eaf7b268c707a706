"""The forms of a value and of its steps. Fields are named as the actions' inputs."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from jimin.engines.policy.models import Area
from jimin.engines.policy.parameters import Parameter
from jimin.engines.policy.units import Unit
from jimin.sites.console.forms import ActionForm, DateInput

HELP = {
    Unit.MONEY: _("按元填，如 586 或 586.50"),
    Unit.RATIO: _("填比例，如 0.5 表示一半"),
    Unit.COUNT: _("填整数"),
    Unit.YEARS: _("填整数（年）"),
    Unit.MONTHS: _("填整数（月）"),
}


class ProposalForm(ActionForm):
    area = forms.ChoiceField(label=_("城乡"), choices=[("", _("城乡一样")), *Area.choices], required=False)
    value = forms.DecimalField(label=_("数值"))
    valid_from = forms.DateField(label=_("施行日期"), widget=DateInput)
    valid_to = forms.DateField(
        label=_("停止日期"), widget=DateInput, required=False,
        help_text=_("从这一天起不再有效；文件没有写的留空。现行的数值会从新的施行日期起自动停止。"),
    )  # fmt: skip
    issuer = forms.CharField(label=_("发文机关"), max_length=120)
    document_no = forms.CharField(label=_("文号"), max_length=80)
    article = forms.CharField(
        label=_("条款或原句"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("第几条，或写着这个数的那句话，逐字摘录"),
    )  # fmt: skip
    scan = forms.FileField(
        label=_("文件扫描件"), required=False, help_text=_("必须附。PDF 或照片，不超过 10 MB；确认的人对着它核对")
    )

    def __init__(self, *args: Any, parameter: Parameter, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["value"].help_text = HELP[parameter.unit]
        if not parameter.by_area:
            del self.fields["area"]


class SignForm(ActionForm):
    opinion = forms.CharField(label=_("意见"), widget=forms.Textarea(attrs={"rows": 2}), required=False, max_length=500)


class RefuseForm(ActionForm):
    opinion = forms.CharField(
        label=_("原因"), widget=forms.Textarea(attrs={"rows": 3}), max_length=500, help_text=_("拟报人会看到")
    )


class WithdrawForm(ActionForm):
    opinion = forms.CharField(label=_("原因"), required=False, max_length=500)
