"""The forms of these pages. Their fields are named as the actions' inputs; what is allowed, the actions say."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from jimin.core.access import permissions
from jimin.core.divisions.models import ReportingUnit, UnitKind
from jimin.domains.planning.models import (
    FindingSource,
    Horizon,
    IntegrityRisk,
    Plan,
    PlanState,
    Point,
    Requirement,
    RiskLevel,
    SourceKind,
    StudyForm,
    Task,
)
from jimin.sites.console.forms import ActionForm, DateInput

PAPERS = _("PDF、Word、Excel 或照片，每个不超过 10 MB")


def area(rows: int = 4) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


def unit_choices() -> list[tuple[str, str]]:
    """Every standing unit above the towns, by its code."""
    rows = ReportingUnit.objects.filter(valid_to=None).exclude(kind=UnitKind.TOWN)
    return [("", _("请选择")), *rows.values_list("code", "short_name")]  # type: ignore[list-item]


def permission_choices() -> list[tuple[str, str]]:
    return [("", _("不在本系统里")), *((p.name, _(p.title)) for p in permissions.table())]  # type: ignore[list-item]


class PointsField(forms.ModelMultipleChoiceField):
    def __init__(self, **more: Any) -> None:
        super().__init__(Point.objects.none(), required=False, widget=forms.CheckboxSelectMultiple, **more)


class OpinionForm(ActionForm):
    opinion = forms.CharField(label=_("意见"), widget=area(3), required=False, max_length=500)


class ReasonForm(ActionForm):
    opinion = forms.CharField(
        label=_("退回原因"), widget=area(3), max_length=500, help_text=_("填报人会看到，请写清哪里不对。")
    )


class VoidForm(ActionForm):
    reason = forms.CharField(label=_("作废原因"), max_length=200, help_text=_("作废后仍可查看，不再计入。"))


class RequirementForm(ActionForm):
    kind = forms.ChoiceField(label=_("来源类别"), choices=SourceKind)
    source = forms.CharField(label=_("来源"), max_length=160, help_text=_("文件或会议的名称，如：二十大报告"))
    clause = forms.CharField(label=_("条目"), max_length=60, required=False)
    text = forms.CharField(label=_("要求"), widget=area(), help_text=_("逐字摘录"))
    given_on = forms.DateField(label=_("日期"), widget=DateInput, required=False)


class LinkForm(ActionForm):
    points = PointsField(label=_("对应要点"))
    tasks = forms.ModelMultipleChoiceField(
        Task.objects.none(), label=_("对应任务"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("可选多项；已挂接的不会减少。"),
    )  # fmt: skip

    def __init__(self, *args: Any, record: Requirement, **kwargs: Any) -> None:
        super().__init__(*args, record=record, **kwargs)
        self.fields["points"].queryset = Point.objects.filter(plan=record.plan)  # type: ignore[attr-defined]
        tasks = Task.objects.filter(point__plan=record.plan).order_by("point__no", "id")
        self.fields["tasks"].queryset = tasks  # type: ignore[attr-defined]


class InstructionForm(ActionForm):
    number = forms.CharField(label=_("编号"), max_length=40)
    leader = forms.CharField(label=_("批示人"), max_length=40)
    on_paper = forms.CharField(label=_("原件"), max_length=200, help_text=_("批示写在哪份材料上"))
    text = forms.CharField(label=_("批示内容"), widget=area())
    written_on = forms.DateField(label=_("批示日期"), widget=DateInput)
    received_on = forms.DateField(label=_("收到日期"), widget=DateInput)
    unit = forms.ChoiceField(label=_("承办单位"), choices=unit_choices)
    reply_due = forms.DateField(
        label=_("回复期限"), widget=DateInput, required=False, help_text=_("不填则按参数的工作日数计算")
    )
    points = PointsField(label=_("相关要点"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["points"].queryset = Point.objects.filter(plan__state=PlanState.IN_FORCE)  # type: ignore[attr-defined]


class ReplyForm(ActionForm):
    reply = forms.CharField(label=_("办理情况"), widget=area(6), max_length=2000)


class TopicForm(ActionForm):
    title = forms.CharField(label=_("专题"), max_length=160)
    reading = forms.CharField(label=_("学习材料"), widget=area(3), required=False)
    due_on = forms.DateField(label=_("应完成"), widget=DateInput)


class SessionForm(ActionForm):
    form = forms.ChoiceField(label=_("形式"), choices=StudyForm)
    held_on = forms.DateField(label=_("日期"), widget=DateInput)
    speaker = forms.CharField(label=_("主讲"), max_length=60, required=False)
    due_count = forms.IntegerField(label=_("应到"), help_text=_("按组织者名册填人数；不要求签到、不计学习时长。"))
    present_count = forms.IntegerField(label=_("实到"))
    roll = forms.FileField(label=_("名册"), required=False, help_text=PAPERS)
    remark = forms.CharField(label=_("备注"), max_length=200, required=False)


class RectificationForm(ActionForm):
    inspection = forms.CharField(label=_("巡视轮次"), max_length=120)
    finding = forms.CharField(label=_("反馈问题"), widget=area())
    unit = forms.ChoiceField(label=_("责任单位"), choices=unit_choices)
    horizon = forms.ChoiceField(label=_("整改类型"), choices=Horizon, widget=forms.RadioSelect)
    measure = forms.CharField(label=_("整改措施"), widget=area())
    due_on = forms.DateField(label=_("期限"), widget=DateInput)


class RectifiedForm(ActionForm):
    result = forms.CharField(label=_("整改情况"), widget=area(6), max_length=2000)
    mechanism = forms.CharField(
        label=_("长效机制"),
        max_length=300,
        required=False,
        help_text=_("“长久立”必填：制度名称、文号，或固定的检查办法"),
    )
    evidence = forms.FileField(
        label=_("佐证"),
        required=False,
        help_text=_("第一次报送必须附；退回后再报可沿用原来的。PDF、Word、Excel 或照片，每个不超过 10 MB"),
    )


class VerifyForm(ActionForm):
    opinion = forms.CharField(label=_("核验意见"), widget=area(3), max_length=500)


class RiskForm(ActionForm):
    unit = forms.ChoiceField(label=_("单位"), choices=unit_choices, required=False, help_text=_("不选即本单位"))
    post = forms.CharField(label=_("岗位"), max_length=60)
    step = forms.CharField(label=_("环节"), max_length=120)
    permission = forms.ChoiceField(label=_("系统权限"), choices=permission_choices, required=False)
    risk = forms.CharField(label=_("风险表现"), widget=area(3))
    level = forms.ChoiceField(label=_("等级"), choices=RiskLevel, widget=forms.RadioSelect)
    measure = forms.CharField(label=_("防控措施"), widget=area(3))


class WarningForm(ActionForm):
    unit = forms.ChoiceField(label=_("组织单位"), choices=unit_choices, required=False, help_text=_("不选即本单位"))
    title = forms.CharField(label=_("主题"), max_length=160)
    held_on = forms.DateField(label=_("日期"), widget=DateInput)
    present_count = forms.IntegerField(label=_("人数"))


class FindingForm(ActionForm):
    unit = forms.ChoiceField(label=_("单位"), choices=unit_choices)
    source = forms.ChoiceField(label=_("来源"), choices=FindingSource)
    text = forms.CharField(label=_("问题"), widget=area(5), max_length=2000)
    found_on = forms.DateField(label=_("发现日期"), widget=DateInput)
    reply_due = forms.DateField(label=_("答复期限"), widget=DateInput, required=False)
    risk = forms.ModelChoiceField(
        IntegrityRisk.objects.filter(void_reason="").select_related("unit"), label=_("对应风险"), required=False
    )
    past_chief = forms.BooleanField(
        label=_("涉及单位主要负责人，改送分管厅领导"), required=False, help_text=_("勾选后该单位负责人看不到这件事项。")
    )


class FindingTextForm(ActionForm):
    text = forms.CharField(label=_("说明"), widget=area(5), max_length=2000)


class ReckonForm(ActionForm):
    plan = forms.ModelChoiceField(Plan.objects.exclude(state=PlanState.READ), label=_("年度要点"), empty_label=None)
    as_of = forms.DateField(label=_("截至"), widget=DateInput, help_text=_("到这一天为止应办的事项参加计分"))


class PlainForm(ActionForm):
    """Nothing to fill in: the step itself, on the version that is shown."""
