"""What each address owes to each person, written down by hand. The test walks the urlconf and holds it against this.

An address is declared once: which permission opens it (a name of the permission table; "" for everybody with a post),
which methods it knows, of which kind its record is, and which further permission its step asks for. Who sees a record
is declared by role and place, not asked of the code that decides it. An address that is not declared here fails.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from jimin.core.access import permissions
from jimin.core.access.roles import Role
from tests.security.world import POSTS

GET, POST, HEAD = "GET", "POST", "HEAD"
ANY, READ, WRITE, SAFE = frozenset({GET, POST, HEAD}), frozenset({GET}), frozenset({POST}), frozenset({GET, HEAD})

#: The outcomes. `open` is the page, a page to go on to, or a form's own “this is missing”.
OPEN, REFUSED, MISSING, SIGN_IN, NO_POST, NO_METHOD, NO_TOKEN = (
    "open", "refused", "missing", "sign in", "no post", "no method", "no token",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Address:
    """One declared address and what it owes."""

    permission: str = ""
    methods: frozenset[str] = ANY
    kind: str = ""  # the record of its <uuid:pk>
    step: str = ""  # a permission that is asked after the record was found
    send: str = ""  # a permission that is asked of who sends the page's form, not of who reads it
    leads: bool = False  # only for who leads the record's task, or the office
    public: bool = False
    token: bool = False  # of the API: a sign-in is no token
    words: tuple[tuple[str, str], ...] = ()  # what fills its other parts


def _of(role: Role, *places: str) -> set[str]:
    return {f"{role}@{place}" for place in (places or POSTS[role])}


def _all(roles: Iterable[Role], *places: str) -> frozenset[str]:
    return frozenset().union(*(_of(r, *places) for r in roles))


PROVINCIAL = _all(r for r in POSTS if not str(r).startswith(("city", "county", "town")))
LEADERS = _all([Role.DEPT_LEADER])
OFFICE = _all([Role.OFFICE_CLERK, Role.OFFICE_CHIEF])
WATCH = _all([Role.INSPECTOR, Role.AUDITOR])
READ_ALL = OFFICE | LEADERS | WATCH
LEAD = _all([Role.DEPT_CLERK, Role.DEPT_CHIEF], "own")
CITY_ABOVE = _all([Role.CITY_CLERK, Role.CITY_LEADER], "own")
COUNTIES = [Role.COUNTY_CLERK, Role.COUNTY_SECTION_CHIEF, Role.COUNTY_DEPUTY]
THE_COUNTY = _all(COUNTIES, "own")
THE_TOWN = _all([Role.TOWN_CLERK], "own")
EVERYBODY = _all(POSTS)

#: Who sees the record of each kind (tests/security/world.py makes them).
SEES: dict[str, frozenset[str]] = {
    "report": READ_ALL | LEAD | CITY_ABOVE | THE_COUNTY,
    "file": READ_ALL | LEAD | CITY_ABOVE | THE_COUNTY,
    "item": PROVINCIAL | CITY_ABOVE | THE_COUNTY | THE_TOWN,
    "order": READ_ALL | LEAD | CITY_ABOVE | THE_COUNTY,
    "reply": READ_ALL | LEAD | CITY_ABOVE | THE_COUNTY,
    "instruction": OFFICE | LEADERS | _all([Role.AUDITOR]) | THE_COUNTY,
    "rectification": READ_ALL | THE_COUNTY,
    "risk": READ_ALL | THE_COUNTY,
    "finding": _all([Role.INSPECTOR]) | _all([Role.DEPT_CHIEF], "own"),  # and the one post that answers it
    "session": PROVINCIAL | CITY_ABOVE | THE_COUNTY,
    "appraisal": OFFICE | LEADERS,
    "alert": THE_COUNTY,
    "scenario": PROVINCIAL,  # saved by the department: nobody's below
    "parameter_value": PROVINCIAL | CITY_ABOVE,  # what a city proposes and nobody has confirmed
    "import": _all([Role.COUNTY_CLERK], "own"),  # who started it, and nobody else
    **dict.fromkeys(("person", "household"), THE_COUNTY | THE_TOWN),
    "task": PROVINCIAL | CITY_ABOVE | _all(COUNTIES, "own", "county"),
    "stage": PROVINCIAL | CITY_ABOVE | _all(COUNTIES, "own", "county"),
    "assignment": PROVINCIAL | CITY_ABOVE | THE_COUNTY,
    **dict.fromkeys(("account", "post", "token", "proposal", "audit_row"), EVERYBODY),  # within the permission
    **dict.fromkeys(("plan", "point", "target", "deliverable", "topic", "requirement", "bulletin", "work"), EVERYBODY),
}
LEADS_TASK = OFFICE | LEAD

_PUBLIC = Address(public=True)
_SHOWN = Address(public=True, methods=SAFE)
_READ = "planning.read"
_SIMULATION = "simulation.scenarios.list"
_TOKEN = Address(token=True, methods=READ)
_DONE = Address(token=True, methods=WRITE)
_PLAN = "console/plan-import/"
_OFFICE = "console/office/"
_LAW = "console/law/"
_STANDARD = (("domain", "assistance"), ("path", "dibao.standard"))


def _steps(
    route: str, kind: str, permission: str, steps: dict[str, str], methods: frozenset[str] = ANY
) -> dict[str, list[Address]]:
    """One address for each word of `<slug:code>`; a word that is no step is missing for whoever sees the record."""
    known = [Address(permission, methods, kind, step, words=(("code", code),)) for code, step in steps.items()]
    return {route: known}


ADDRESSES: dict[str, list[Address]] = {
    # -- for everybody -----------------------------------------------------------------------------
    "": [_PUBLIC],
    "plan/": [_PUBLIC],
    "plan/for/<slug:key>/": [replace(_PUBLIC, words=(("key", "elder"),))],
    "plan/<int:no>/": [replace(_PUBLIC, words=(("no", "1"),))],
    "^verify/?$": [_PUBLIC],
    "verify/<str:code>": [replace(_SHOWN, words=(("code", "2345-6789-ABCD"),))],
    "law/": [_SHOWN],
    "law/<slug:key>/": [replace(_SHOWN, words=(("key", "DB57"),))],
    "law/<slug:key>/<str:number>/": [replace(_SHOWN, words=(("key", "DB57"), ("number", "第一条")))],
    "estimate/": [_PUBLIC],
    "about/": [_PUBLIC],
    "robots.txt": [_PUBLIC],
    "offline/": [_PUBLIC],
    "sw.js": [_PUBLIC],
    "i18n/setlang/": [_PUBLIC],
    "preferences/": [Address(public=True, methods=WRITE)],
    "console/signin/": [_PUBLIC],
    "console/signout/": [Address(public=True, methods=WRITE)],
    "console/signed-out/": [_PUBLIC],
    # -- for other systems ---------------------------------------------------------------------------
    "api/v1/openapi.json": [_PUBLIC],  # the contract; it holds no data
    **{f"api/v1/{name}": [_TOKEN] for name in ("assignments", "reports", "units")},
    "api/v1/plans/<year>": [replace(_TOKEN, words=(("year", "2023"),))],
    "api/v1/indicators/<code>/months": [replace(_TOKEN, words=(("code", "elder.canteens"),))],
    "api/v1/indicators/<code>/rows": [replace(_TOKEN, words=(("code", "elder.canteens"),))],
    # -- a post is enough ----------------------------------------------------------------------------
    **{f"console/{name}": [Address()] for name in ("", "password/")},
    "console/inbox/": [Address(methods=READ)],
    "console/inbox/batch/": [Address(methods=WRITE)],
    "console/works/<uuid:pk>/": [Address(methods=READ, kind="work")],
    "console/files/<uuid:pk>/": [Address(kind="file")],
    "console/imports/<uuid:pk>/": [Address(methods=READ, kind="import")],
    **{f"console/imports/<uuid:pk>/{step}/": [Address(methods=WRITE, kind="import")] for step in ("confirm", "abandon", "go-on")},
    "console/alerts/<uuid:pk>/": [Address("alerts.answer", kind="alert")],
    # -- one's own account, everybody's accounts, tokens, the audit trail ---------------------------------
    "console/account/": [Address(methods=READ)],
    "console/account/browsers/": [Address(methods=WRITE)],
    "console/account/code/": [Address()],
    "console/account/code/begin/": [Address(methods=WRITE)],
    "console/account/code/recovery/": [Address()],
    "console/account/code/remove/": [Address()],
    "console/account/elsewhere/": [Address(methods=WRITE)],
    "console/account/here/": [Address(methods=READ)],
    "console/account/resume/": [Address(methods=READ)],
    "console/accounts/": [Address("access.accounts.list", READ)],
    "console/accounts/new/": [Address("access.appoint")],
    "console/accounts/waiting/": [Address("access.proposals.list", READ)],
    "console/accounts/waiting/<uuid:pk>/": [Address("access.proposals.list", READ, "proposal")],
    "console/accounts/waiting/<uuid:pk>/confirm/": [Address("access.proposal.confirm", kind="proposal")],
    "console/accounts/waiting/<uuid:pk>/refuse/": [Address("access.proposal.refuse", kind="proposal")],
    "console/accounts/<uuid:pk>/": [Address("access.accounts.list", READ, "account")],
    "console/accounts/<uuid:pk>/appoint/": [Address("access.appoint", kind="account")],
    "console/accounts/<uuid:pk>/close/": [Address("access.account.close", kind="account")],
    "console/accounts/<uuid:pk>/code/": [Address("access.factor.reset", kind="account")],
    "console/accounts/<uuid:pk>/open/": [Address("access.account.open", kind="account")],
    "console/accounts/<uuid:pk>/password/": [Address("access.account.reset_password", kind="account")],
    "console/accounts/<uuid:pk>/unlock/": [Address("access.account.unlock", kind="account")],
    "console/accounts/posts/<uuid:pk>/end/": [Address("access.end_appointment", kind="post")],
    "console/accounts/posts/<uuid:pk>/token/": [Address("access.token.create", kind="post")],
    "console/tokens/": [Address("access.tokens.list", READ)],
    "console/tokens/<uuid:pk>/": [Address("access.tokens.list", READ, "token")],
    "console/tokens/<uuid:pk>/revoke/": [Address("access.token.revoke", kind="token")],
    # -- simulation --------------------------------------------------------------------------------------
    "console/simulation/": [Address(_SIMULATION, READ)],
    "console/simulation/compare/": [Address(_SIMULATION, SAFE)],
    "console/simulation/new/": [Address("simulation.save", SAFE)],
    "console/simulation/new/<str:name>/": [Address("simulation.save", words=(("name", "assistance.dibao"),))],
    "console/simulation/<uuid:pk>/": [Address(_SIMULATION, SAFE, kind="scenario")],
    "console/simulation/<uuid:pk>/export.<str:form>": [
        Address(_SIMULATION, READ, kind="no outcome", words=(("form", "xlsx"),))
    ],
    "console/simulation/<uuid:pk>/proposal.<str:form>": [
        Address(_SIMULATION, READ, kind="no outcome", words=(("form", "pdf"),))
    ],
    "console/audit/": [Address("audit.trail.list", READ)],
    "console/audit/<int:pk>/": [Address("audit.trail.list", kind="audit_row")],
    "console/audit/bundle/": [Address("audit.bundle", WRITE)],
    "console/audit/checks/": [Address("audit.verifications.list", READ)],
    "console/audit/checks/<uuid:pk>/": [Address("audit.verifications.list", kind="no check")],
    "console/audit/checks/new/": [Address("audit.verify.start", WRITE)],
    # -- the plan and its figures ----------------------------------------------------------------------
    "console/plan/": [Address(_READ)],
    "console/plan/<int:no>/": [Address(_READ, words=(("no", "1"),))],
    "console/plan/record/<uuid:pk>/": [Address(_READ, kind="point")],
    "console/plan/i/<str:code>/": [Address(_READ, words=(("code", "elder.nursing_beds"),))],
    "console/plan/method/": [Address(_READ)],
    "console/plan/export/<str:form>/": [Address(_READ, READ, words=(("form", f),)) for f in ("xlsx", "docx", "pdf")],
    "console/plan/bulletin/": [Address(_READ, send="planning.bulletin.issue")],
    "console/plan/bulletin/<uuid:pk>/<str:form>/": [
        Address(_READ, READ, kind="bulletin", words=(("form", f),)) for f in ("docx", "pdf")
    ],
    "console/sheet/": [Address(_READ)],
    "console/sheet/<str:month>/": [Address(_READ, send="planning.report.file", words=(("month", "2023-09"),))],
    # -- reading a plan document -------------------------------------------------------------------------
    _PLAN: [Address("planning.plan.import")],
    f"{_PLAN}<uuid:pk>/": [Address(_READ, READ, "plan")],
    f"{_PLAN}<uuid:pk>/<int:no>/": [Address(_READ, READ, "plan", words=(("no", "1"),))],
    f"{_PLAN}<uuid:pk>/names/": [Address("planning.point.lead", WRITE, "plan")],
    f"{_PLAN}<uuid:pk>/sure/": [Address("planning.target.judge", WRITE, "plan")],
    f"{_PLAN}<uuid:pk>/in-force/": [Address("planning.plan.confirm", WRITE, "plan")],
    f"{_PLAN}<uuid:pk>/tasks/": [Address("planning.task.open", WRITE, "plan")],
    f"{_PLAN}points/<uuid:pk>/add-target/": [Address("planning.target.add", kind="point")],
    f"{_PLAN}points/<uuid:pk>/add-deliverable/": [Address("planning.deliverable.add", kind="point")],
    f"{_PLAN}targets/<uuid:pk>/judge/": [Address("planning.target.judge", WRITE, "target")],
    f"{_PLAN}targets/<uuid:pk>/edit/": [Address("planning.target.judge", kind="target")],
    f"{_PLAN}targets/<uuid:pk>/measure/": [Address("planning.target.measure", kind="measured")],
    f"{_PLAN}deliverables/<uuid:pk>/judge/": [Address("planning.deliverable.judge", WRITE, "deliverable")],
    f"{_PLAN}deliverables/<uuid:pk>/edit/": [Address("planning.deliverable.judge", kind="deliverable")],
    # -- reports, tasks, ledger, orders --------------------------------------------------------------------
    **{
        f"console/{name}/": [Address(f"planning.{name}.list", READ)]
        for name in ("reports", "tasks", "deliverables", "items", "orders")
    },
    "console/reports/<uuid:pk>/": [Address(methods=READ, kind="report")],
    **_steps("console/reports/<uuid:pk>/<slug:code>/", "report", "", {
        "sign": "planning.report.sign", "review": "planning.report.review", "accept": "planning.report.accept",
        "return": "planning.report.return",
    }, WRITE),
    "console/tasks/<uuid:pk>/": [Address(methods=READ, kind="task")],
    "console/tasks/<uuid:pk>/allocate/": [Address("planning.task.allocate", kind="task", leads=True)],
    "console/tasks/<uuid:pk>/stages/": [Address("planning.stage.set", kind="task", leads=True)],
    "console/assignments/<uuid:pk>/withdraw/": [Address("planning.task.withdraw", kind="assignment")],
    "console/stages/<uuid:pk>/complete/": [Address("planning.stage.complete", kind="stage", leads=True)],
    "console/items/register/": [Address("planning.item.register")],
    "console/items/<uuid:pk>/": [Address("planning.items.list", READ, "item")],
    "console/items/<uuid:pk>/confirm/": [Address("planning.item.confirm", WRITE, "item")],
    "console/items/<uuid:pk>/update/": [Address("planning.item.update", kind="item")],
    "console/items/<uuid:pk>/void/": [Address("planning.item.void", kind="item")],
    "console/orders/draft/": [Address("planning.order.draft")],
    "console/orders/<uuid:pk>/": [Address("planning.orders.list", READ, "order")],
    "console/orders/<uuid:pk>/preview/": [Address("planning.orders.list", READ, "order")],
    **_steps("console/orders/<uuid:pk>/<slug:code>/", "order", "planning.orders.list", {
        "sign": "planning.order.sign", "return": "planning.order.return", "redraft": "planning.order.redraft",
        "close": "planning.order.close",
    }),
    "console/replies/<uuid:pk>/": [Address("planning.orders.list", kind="reply", send="planning.reply.write")],
    **_steps("console/replies/<uuid:pk>/<slug:code>/", "reply", "planning.orders.list", {
        "sign": "planning.reply.sign", "return": "planning.reply.return",
    }),
    # -- people -----------------------------------------------------------------------------------------
    "console/people/": [Address("parties.read", READ)],
    "console/people/search/": [Address("parties.read")],
    "console/people/unknown/new/": [Address("parties.register_unknown")],
    "console/people/<uuid:pk>/": [Address("parties.read", READ, "person")],
    "console/people/<uuid:pk>/correct/": [Address("parties.correct_person", kind="person")],
    "console/people/<uuid:pk>/number/<slug:field>/": [
        Address("parties.reveal_number", kind="person", words=(("field", f),)) for f in ("id_number", "phone")
    ],
    "console/households/": [Address("parties.read", READ)],
    "console/households/new/": [Address("parties.register_household")],
    "console/households/<uuid:pk>/": [Address("parties.read", READ, "household")],
    "console/households/<uuid:pk>/members/new/": [Address("parties.add_member", kind="household")],
    "console/households/<uuid:pk>/members/<uuid:member>/end/": [Address("parties.end_member", kind="household")],
    # -- the law ----------------------------------------------------------------------------------------
    _LAW: [Address("policy.page.law", SAFE)],
    f"{_LAW}texts/<slug:key>/": [Address("policy.page.law", SAFE, words=(("key", "DB57"),))],
    f"{_LAW}texts/<slug:key>/<str:number>/": [
        Address("policy.page.law", SAFE, words=(("key", "DB57"), ("number", "第一条")))
    ],
    f"{_LAW}rules/": [Address("policy.page.law", SAFE)],
    f"{_LAW}rules/<slug:domain>/<slug:name>/": [
        Address("policy.page.law", SAFE, words=(("domain", "assistance"), ("name", "dibao")))
    ],
    f"{_LAW}parameters/": [Address("policy.page.parameters", SAFE)],
    f"{_LAW}parameters/<slug:domain>/<str:path>/": [Address("policy.page.law", SAFE, words=_STANDARD)],
    f"{_LAW}parameters/<slug:domain>/<str:path>/propose/": [Address("policy.parameter.propose", words=_STANDARD)],
    f"{_LAW}records/<uuid:pk>/": [Address("policy.page.law", SAFE, "parameter_value")],
    f"{_LAW}records/<uuid:pk>/scan/<int:number>/": [
        Address("policy.page.law", SAFE, "parameter_value", words=(("number", "1"),))
    ],
    **_steps(f"{_LAW}records/<uuid:pk>/<slug:code>/", "parameter_value", "policy.page.law", {
        c: f"policy.parameter.{c}" for c in ("sign", "refuse", "withdraw")
    }),
    # -- the office's own work ---------------------------------------------------------------------------
    f"{_OFFICE}alignment/": [Address("planning.page.alignment")],
    f"{_OFFICE}alignment/new/": [Address("planning.requirement.add")],
    f"{_OFFICE}alignment/<uuid:pk>/": [Address("planning.page.alignment", kind="requirement")],
    f"{_OFFICE}alignment/<uuid:pk>/void/": [Address("planning.requirement.void", kind="requirement")],
    f"{_OFFICE}instructions/": [Address("planning.page.instructions")],
    f"{_OFFICE}instructions/new/": [Address("planning.instruction.record")],
    f"{_OFFICE}instructions/<uuid:pk>/": [Address("planning.page.instructions", kind="instruction")],
    **_steps(f"{_OFFICE}instructions/<uuid:pk>/<slug:code>/", "instruction", "planning.page.instructions", {
        c: f"planning.instruction.{c}" for c in ("reply", "sign", "close", "return")
    }),
    f"{_OFFICE}study/": [Address("planning.page.study")],
    f"{_OFFICE}study/new/": [Address("planning.study.topic")],
    f"{_OFFICE}study/<uuid:pk>/": [Address("planning.page.study", kind="topic")],
    f"{_OFFICE}study/<uuid:pk>/record/": [Address("planning.study.record", kind="topic")],
    f"{_OFFICE}study/sessions/<uuid:pk>/": [Address("planning.page.study", kind="session")],
    f"{_OFFICE}study/sessions/<uuid:pk>/void/": [Address("planning.study.void", kind="session")],
    f"{_OFFICE}rectifications/": [Address("planning.page.rectifications")],
    f"{_OFFICE}rectifications/new/": [Address("planning.rectification.open")],
    f"{_OFFICE}rectifications/<uuid:pk>/": [Address("planning.page.rectifications", kind="rectification")],
    **_steps(f"{_OFFICE}rectifications/<uuid:pk>/<slug:code>/", "rectification", "planning.page.rectifications", {
        c: f"planning.rectification.{c}" for c in ("report", "sign", "verify", "return")
    }),
    f"{_OFFICE}integrity/": [Address("planning.page.integrity")],
    f"{_OFFICE}integrity/risks/new/": [Address("planning.risk.register")],
    f"{_OFFICE}integrity/risks/<uuid:pk>/void/": [Address("planning.risk.void", kind="risk")],
    f"{_OFFICE}integrity/warnings/new/": [Address("planning.warning.record")],
    f"{_OFFICE}findings/": [Address("planning.page.findings")],
    f"{_OFFICE}findings/new/": [Address("planning.finding.record")],
    f"{_OFFICE}findings/<uuid:pk>/": [Address("planning.page.findings", kind="finding")],
    **_steps(f"{_OFFICE}findings/<uuid:pk>/<slug:code>/", "finding", "planning.page.findings", {
        c: f"planning.finding.{c}" for c in ("answer", "return", "close")
    }),
    f"{_OFFICE}appraisals/": [Address("planning.page.appraisals")],
    f"{_OFFICE}appraisals/new/": [Address("planning.appraisal.reckon")],
    f"{_OFFICE}appraisals/<uuid:pk>/": [Address("planning.page.appraisals", kind="appraisal")],
    f"{_OFFICE}appraisals/<uuid:pk>/publish/": [Address("planning.appraisal.publish", kind="appraisal")],
    f"{_OFFICE}appraisals/<uuid:pk>/unit/<uuid:score>/": [Address("planning.page.appraisals", kind="appraisal")],
    f"{_OFFICE}appraisals/<uuid:pk>/<slug:code>/": [
        Address("planning.page.appraisals", kind="no work", words=(("code", c),)) for c in ("sign", "return", "resend")
    ],
}  # fmt: skip


#: The registers that come in as a sheet, with the permission of who may bring one.
SHEETS = {
    "planning.items": "planning.item.register",
    "planning.reports": "planning.report.file",
    "planning.study_sessions": "planning.study.record",
    "planning.requirements": "planning.requirement.add",
    "planning.instructions": "planning.instruction.record",
    "planning.risks": "planning.risk.register",
    "planning.warnings": "planning.warning.record",
    "planning.rectifications": "planning.rectification.open",
}


def of_registers(names: Iterable[str]) -> dict[str, list[Address]]:
    """The addresses that every register has: each opens with the register's own permission."""

    def each(methods: frozenset[str], *more: tuple[str, str]) -> list[Address]:
        return [Address(f"{name}.list", methods, words=(("name", name), *more)) for name in names]

    def acts(name: str) -> Address:
        """The first action on chosen rows: the ledger has one, the others have none."""
        known = name == "planning.items"
        return Address(
            f"{name}.list", WRITE, kind="" if known else "no action", words=(("name", name), ("number", "0"))
        )

    def imports(name: str, methods: frozenset[str]) -> Address:
        """A register without a sheet has no such page for anybody."""
        words = (("name", name),)
        if name not in SHEETS:
            return Address("", methods, kind="no sheet", words=words)
        return Address(f"{name}.list", methods, step=SHEETS[name], words=words)

    return {
        "console/r/<str:name>/import/": [imports(name, ANY) for name in names],
        "console/r/<str:name>/import/template.xlsx": [imports(name, READ) for name in names],
        "console/r/<str:name>/": each(READ),
        "console/r/<str:name>/export.<str:form>": each(READ, ("form", "xlsx")) + each(READ, ("form", "csv")),
        "console/r/<str:name>/views/": each(WRITE),
        "console/r/<str:name>/views/drop/": [replace(a, permission="") for a in each(WRITE)],
        "console/r/<str:name>/do/<int:number>/": [acts(name) for name in names],
    }


def of_actions(names: Iterable[str]) -> dict[str, list[Address]]:
    """The API's addresses of actions."""
    return {f"api/v1/actions/{name}": [_DONE] for name in names}


def owed(address: Address, method: str, person: str, found: bool) -> str:
    """What `person` is owed at an address; `found`: the id in it is the record's, not nobody's."""
    if method not in address.methods:
        return NO_METHOD
    if address.public:
        return OPEN
    if address.token:
        return NO_TOKEN
    if person == "nobody":
        return SIGN_IN
    role, place = person.split("@")
    if place == "ended":
        return NO_POST
    if address.permission and not permissions.holds(role, address.permission):
        return REFUSED
    if address.kind and (not found or person not in SEES.get(address.kind, frozenset())):
        return MISSING
    asked = (address.step, address.send if method == POST else "")
    if any(name and not permissions.holds(role, name) for name in asked):
        return REFUSED
    if address.leads and person not in LEADS_TASK:
        return REFUSED
    return OPEN
