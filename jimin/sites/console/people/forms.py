"""The forms about people. Each field carries the name of the action's input."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from jimin.core.access.scope import Actor
from jimin.core.parties.models import SEALED, Person, Relation, Sex
from jimin.sites.console.forms import ActionForm, DateInput
from jimin.sites.console.people.common import places

OTHER = "other"
#: Why somebody needs a whole number; anything else has to be written.
REASONS = (
    ("与本人出示的证件核对", _("与本人出示的证件核对")),
    ("办理本人的救助或待遇申请", _("办理本人的救助或待遇申请")),
    ("电话联系本人或家属", _("电话联系本人或家属")),
    ("核对发放账户", _("核对发放账户")),
    (OTHER, _("其他（请写明）")),
)


def number(label: Any, hint: Any = "") -> forms.CharField:
    """A field for a number of a person: no browser proposes what was typed before."""
    widget = forms.TextInput(attrs={"autocomplete": "off", "inputmode": "text"})
    return forms.CharField(label=label, required=False, max_length=40, widget=widget, help_text=hint)


class SearchForm(forms.Form):
    """One box for a name, initials, an id number or a phone."""

    use_required_attribute = False

    q = forms.CharField(
        label=_("查找人员"),
        max_length=60,
        error_messages={"required": _("请输入姓名、姓名拼音首字母、身份证号或电话。")},
        help_text=_("姓名、拼音首字母（如 wgl）、身份证号或电话；号码要完整。每次查找都有记录。"),
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off", "spellcheck": "false"}),
    )


class PersonFields(ActionForm):
    """What is asked about a person when somebody is registered."""

    name = forms.CharField(label=_("姓名"), max_length=60)
    id_number = number(_("身份证号"), _("填了身份证号，出生日期和性别就不用填"))
    birth = forms.DateField(label=_("出生日期"), widget=DateInput, required=False)
    sex = forms.ChoiceField(label=_("性别"), choices=Sex.choices, initial=Sex.UNKNOWN)
    phone = number(_("电话"))
    bank_card = number(_("银行卡号"))
    disability = forms.CharField(label=_("残疾类别和等级"), max_length=20, required=False, help_text=_("如“肢体二级”"))


class HouseholdForm(PersonFields):
    """A household with its head; the other members are added on its page."""

    division = forms.ChoiceField(label=_("村（社区）"))
    address = forms.CharField(label=_("住址"), max_length=200, required=False)
    since = forms.DateField(
        label=_("从哪天起在这里共同生活"), widget=DateInput, required=False, help_text=_("不清楚可以不填")
    )
    field_order = ("division", "address", "since", "name")

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["division"].choices = [("", _("请选择")), *places(actor)]  # type: ignore[attr-defined]
        self.fields["name"].label = _("户主姓名")

    def payload(self) -> dict[str, Any]:
        given = super().payload()
        household: dict[str, Any] = {
            name: given.pop(name) for name in ("division", "address", "since") if name in given
        }
        return {**household, "members": [{**given, "relation": Relation.HEAD.value}]}


class MemberForm(PersonFields):
    """One more member."""

    relation = forms.ChoiceField(
        label=_("与户主关系"), choices=[("", _("请选择")), *(c for c in Relation.choices if c[0] != Relation.HEAD)]
    )
    since = forms.DateField(label=_("加入日期"), widget=DateInput, required=False, help_text=_("不填即今天"))
    field_order = ("name", "relation", "since")


class EndForm(ActionForm):
    """A member leaves."""

    on = forms.DateField(label=_("迁出日期"), widget=DateInput, required=False, help_text=_("不填即今天"))
    reason = forms.CharField(label=_("原因"), max_length=500, help_text=_("如去世、结婚迁出、分户，至少 4 个字"))


class UnknownForm(ActionForm):
    """Somebody nobody knows."""

    division = forms.ChoiceField(label=_("发现地"))
    description = forms.CharField(
        label=_("特征"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("年龄、体貌、衣着、口音、随身物品，至少 4 个字"),
    )  # fmt: skip
    sex = forms.ChoiceField(label=_("性别"), choices=Sex.choices, initial=Sex.UNKNOWN)

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["division"].choices = [("", _("请选择")), *places(actor)]  # type: ignore[attr-defined]


class CorrectForm(ActionForm):
    """A person's particulars as they stand; what is left as it is, is not sent."""

    name = forms.CharField(label=_("姓名"), max_length=60, required=False)
    sex = forms.ChoiceField(label=_("性别"), choices=Sex.choices)
    birth = forms.DateField(label=_("出生日期"), widget=DateInput, required=False)
    died_on = forms.DateField(label=_("死亡日期"), widget=DateInput, required=False)
    disability = forms.CharField(label=_("残疾类别和等级"), max_length=20, required=False)
    address = forms.CharField(label=_("住址"), max_length=200, required=False)
    description = forms.CharField(label=_("特征"), max_length=500, required=False)
    id_number = number(_("身份证号"))
    phone = number(_("电话"))
    bank_card = number(_("银行卡号"))
    reason = forms.CharField(
        label=_("更正原因"), max_length=500, help_text=_("依据什么更正，如“与户口簿核对”，至少 4 个字")
    )

    def __init__(self, *args: Any, record: Person, **kwargs: Any) -> None:
        clear = ("name", "sex", "birth", "died_on", "disability", "address", "description")
        kwargs["initial"] = {name: getattr(record, name) for name in clear}
        super().__init__(*args, record=record, **kwargs)
        for name in SEALED:
            now = getattr(record, name)
            said = _("现为 %s；不改就留空") % now if now else _("还没有登记；没有就留空")
            self.fields[name].help_text = said
        self.fields["name"].required = not record.is_unknown
        if not record.is_unknown and not record.description:
            del self.fields["description"]

    def payload(self) -> dict[str, Any]:
        """The fields that differ from the record, also those that were emptied; numbers when they were typed."""
        kept = {name: self.cleaned_data[name] for name in ("version", "reason")}
        changed = {
            name: "" if value is None else value
            for name, value in self.cleaned_data.items()
            if name in self.fields and name in self.changed_data and name not in ("key", "version", "reason")
        }
        return kept | {name: value for name, value in changed.items() if name not in SEALED or value}


class RevealForm(forms.Form):
    """Why a whole number is needed."""

    use_required_attribute = False

    why = forms.ChoiceField(
        label=_("为什么要看"), choices=REASONS, widget=forms.RadioSelect,
        error_messages={"required": _("请选一个原因；没有原因不能看。")},
    )  # fmt: skip
    other = forms.CharField(
        label=_("其他原因"), max_length=200, required=False, help_text=_("选“其他”时填写，至少 4 个字")
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("why") == OTHER and len(cleaned.get("other", "").strip()) < 4:
            self.add_error("other", _("请写明为什么要看，至少 4 个字。"))
        return cleaned

    @property
    def reason(self) -> str:
        """What stands in the audit trail."""
        why: str = self.cleaned_data["why"]
        return str(self.cleaned_data["other"]).strip() if why == OTHER else why
