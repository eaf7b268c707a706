"""The real roles of the field, and which kind of office each belongs to.

A role says what a person may do; the appointment's unit says where. Nobody picks a role: an
administrator's action appoints an account to a unit in a role, from a date, until a date.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from jimin.core.divisions.models import UnitKind


class Role(models.TextChoices):
    DEPT_CLERK = "dept_clerk", _("厅处室经办")
    DEPT_CHIEF = "dept_chief", _("处长")
    DEPT_LEADER = "dept_leader", _("分管厅领导")
    OFFICE_CLERK = "office_clerk", _("办公室经办")
    OFFICE_CHIEF = "office_chief", _("办公室主任")
    DIRECT_CLERK = "direct_clerk", _("直属单位经办")
    DIRECT_CHIEF = "direct_chief", _("直属单位负责人")
    CITY_CLERK = "city_clerk", _("市（州）局经办")
    CITY_LEADER = "city_leader", _("市（州）局分管副局长")
    COUNTY_CLERK = "county_clerk", _("县局经办")
    COUNTY_SECTION_CHIEF = "county_section_chief", _("县局股长")
    COUNTY_DEPUTY = "county_deputy", _("县局分管副局长")
    TOWN_CLERK = "town_clerk", _("乡镇社会事务办")
    INSPECTOR = "inspector", _("派驻纪检监察组")
    AUDITOR = "auditor", _("审计员")
    OPERATOR = "operator", _("系统运维")


#: Which roles exist in which kind of office; an appointment outside this table is refused.
ROLES_OF: dict[str, frozenset[Role]] = {
    UnitKind.OFFICE: frozenset(
        {
            Role.DEPT_CLERK,
            Role.DEPT_CHIEF,
            Role.DEPT_LEADER,
            Role.OFFICE_CLERK,
            Role.OFFICE_CHIEF,
            Role.INSPECTOR,
            Role.AUDITOR,
            Role.OPERATOR,
        }
    ),
    UnitKind.DIRECT: frozenset({Role.DIRECT_CLERK, Role.DIRECT_CHIEF}),
    UnitKind.PREFECTURE: frozenset({Role.CITY_CLERK, Role.CITY_LEADER}),
    UnitKind.COMMITTEE: frozenset({Role.CITY_CLERK, Role.CITY_LEADER}),
    UnitKind.COUNTY: frozenset({Role.COUNTY_CLERK, Role.COUNTY_SECTION_CHIEF, Role.COUNTY_DEPUTY}),
    UnitKind.ZONE: frozenset({Role.COUNTY_CLERK, Role.COUNTY_SECTION_CHIEF, Role.COUNTY_DEPUTY}),
    UnitKind.TOWN: frozenset({Role.TOWN_CLERK}),
}

#: Roles that see the provincial department's own work of every office.
OFFICE = frozenset({Role.OFFICE_CLERK, Role.OFFICE_CHIEF})
LEADERS = frozenset({Role.DEPT_LEADER})
DEPARTMENT = OFFICE | LEADERS | {Role.DEPT_CLERK, Role.DEPT_CHIEF}
DIRECT = frozenset({Role.DIRECT_CLERK, Role.DIRECT_CHIEF})
CITY = frozenset({Role.CITY_CLERK, Role.CITY_LEADER})
COUNTY = frozenset({Role.COUNTY_CLERK, Role.COUNTY_SECTION_CHIEF, Role.COUNTY_DEPUTY})
CLERKS = frozenset(
    {Role.DEPT_CLERK, Role.OFFICE_CLERK, Role.DIRECT_CLERK, Role.CITY_CLERK, Role.COUNTY_CLERK, Role.TOWN_CLERK}
)
STAFF = DEPARTMENT | DIRECT | CITY | COUNTY | {Role.TOWN_CLERK}
EVERYONE = STAFF | {Role.INSPECTOR, Role.AUDITOR}
