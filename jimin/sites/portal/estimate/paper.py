"""A screen as a form: its fields with what was answered, what was typed and what is wrong; and what a form brings back."""

from __future__ import annotations

from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from jimin.core import clock
from jimin.core.divisions import api as divisions
from jimin.core.divisions.models import Level
from jimin.domains.assistance.api import QUESTIONS, RELATIONS
from jimin.engines.policy import typed
from jimin.engines.policy.law import InForce
from jimin.engines.policy.parameters import AREAS
from jimin.engines.policy.units import SCALE, Stored, Unit
from jimin.sites.portal.estimate import answers as kept
from jimin.sites.portal.estimate import interview
from jimin.sites.portal.estimate.answers import MOST_PEOPLE, RULES, Answers
from jimin.sites.portal.estimate.interview import NONE, UNSURE, Step, field, label


# -- out: a screen ------------------------------------------------------------------------------------------------
def page(answers: Answers, step: Step, wrong: dict[str, str], post: QueryDict | None) -> dict[str, Any]:
    """What the template of a screen needs."""
    screen = step.screen
    who = label(answers, step.member) if step.member is not None else ""
    made: dict[str, Any] = {"who": who, "title": screen.title, "help": screen.help, "fields": [], "kind": "fields"}
    if screen.key == "place":
        made |= {"kind": "place", "title": _("户口在哪里？"), "fields": _place(answers, wrong, post), "help": ""}
    elif screen.key == "town":
        made |= {
            "kind": "town",
            "title": _("户口在哪个乡镇、街道？"),
            "help": _("只用来告诉您到哪里申请。"),
            "fields": [_town(answers)],
        }
    elif screen.key == "people":
        made |= {"kind": "people", "fields": _people(answers, wrong, post), "full": len(answers.people) >= MOST_PEOPLE}
    elif screen.is_list:
        made |= {"kind": "list", "fields": [_list(answers, step, wrong, post)]}
    else:
        made["fields"] = [_field(answers, n, m, wrong, post, screen.together) for n, m in step.facts]
    made["errors"] = [(f["id"], str(f["label"]).rstrip("？?"), f["error"]) for f in _flat(made["fields"]) if f["error"]]
    return made


def _flat(fields: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [g for f in fields for g in f.get("group", [f])]


def _field(
    answers: Answers, name: str, member: int | None, wrong: dict[str, str], post: QueryDict | None, named: bool
) -> dict[str, Any]:
    question, key = QUESTIONS[name], field(name, member)
    facts = answers.of(member)
    given = (
        post.get(key, "") if post is not None and key in post else _typed(name, facts[name]) if name in facts else ""
    )
    words = f"{label(answers, member)}：{question.ask}" if named and member is not None else question.ask
    made = _blank(key, words, wrong) | {
        "help": question.help,
        "unit": question.unit,
        "value": given,
        "date": name == "born",
    }
    if question.choices:
        chosen = UNSURE if name in facts and facts[name] is None else given
        picks = [
            (str(v), w, str(v) == chosen) for v, w in question.choices.items() if v != question.absent or v is None
        ]
        made["picks"] = [*picks, (UNSURE, _("不清楚"), chosen == UNSURE)]
    return made


def _blank(key: str, words: Any, wrong: dict[str, str]) -> dict[str, Any]:
    return {
        "name": key,
        "id": f"f-{key.replace('.', '-')}",
        "label": words,
        "error": wrong.get(key, ""),
        "help": "",
        "asked": True,
    }


def _typed(name: str, value: Stored) -> str:
    fact = RULES.persons.get(name) or RULES.households[name]
    if value is None:
        return ""
    if fact.unit is Unit.MONEY:
        return f"{int(value) / SCALE[Unit.MONEY]:.2f}".removesuffix(".00")  # type: ignore[arg-type]
    return str(value)


def _list(answers: Answers, step: Step, wrong: dict[str, str], post: QueryDict | None) -> dict[str, Any]:
    member = step.member or 0
    posted = set(post.getlist("tick")) if post is not None else None
    picks = []
    for name, _member in step.facts:
        for value, words in QUESTIONS[name].ticks.items():
            code = interview.tick_code(name, value)
            on = code in posted if posted is not None else interview.is_ticked(answers, name, member, value)
            picks.append((code, words, on, QUESTIONS[name].help))
    before = step.code in answers.trail or any(n in answers.people[member] for n, _m in step.facts)
    unknown = any(answers.people[member].get(n, 0) is None for n, _m in step.facts)
    none = before and not unknown and not any(p[2] for p in picks)
    made = _blank("tick", step.screen.title, wrong)
    return made | {
        "picks": picks,
        "none": none,
        "unsure": before and unknown,
        "NONE": NONE,
        "UNSURE": UNSURE,
        "names": [field(*x) for x in step.facts],
    }


def _place(answers: Answers, wrong: dict[str, str], post: QueryDict | None) -> list[dict[str, Any]]:
    again = "place" in answers.trail
    county = post.get("division", "") if post is not None else answers.division or (UNSURE if again else "")
    area = post.get("area", "") if post is not None else answers.area or (UNSURE if again else "")
    groups: dict[str, list[tuple[str, str, bool]]] = {}
    for place in divisions.all_of(Level.COUNTY):
        code = place.code[:6]
        groups.setdefault(divisions.name(place.parent), []).append((code, place.name, code == county))
    words = {AREAS[0]: _("城镇"), AREAS[1]: _("农村")}
    return [
        _blank("division", _("县（市、区）"), wrong) | {"options": list(groups.items()), "unsure": county == UNSURE, "UNSURE": UNSURE},
        _blank("area", _("是城镇还是农村？"), wrong) | {"picks": [*((a, words[a], a == area) for a in AREAS), (UNSURE, _("不清楚"), area == UNSURE)]},
        _field(answers, "applicant_local", None, wrong, post, False),
    ]  # fmt: skip


def _town(answers: Answers) -> dict[str, Any]:
    places = divisions.children(f"{answers.division}000000")
    options = [("", [(p.code, p.name, p.code == answers.town) for p in places])]
    unsure = "town" in answers.trail and not answers.town
    return _blank("town", _("乡镇、街道"), {}) | {"options": options, "unsure": unsure, "UNSURE": UNSURE}


def _people(answers: Answers, wrong: dict[str, str], post: QueryDict | None) -> list[dict[str, Any]]:
    made = []
    for i, facts in enumerate(answers.people):
        born = _field(answers, "born", i, wrong, post, False)
        key = field("relation", i)
        now = (
            post.get(key, "") if post is not None else facts.get("relation") or (UNSURE if "relation" in facts else "")
        )
        relation = _blank(key, QUESTIONS["relation"].ask, wrong) | {
            "options": [("", [(str(r), w, r == now) for r, w in RELATIONS.items() if r != "本人"])], "unsure": now == UNSURE, "UNSURE": UNSURE,
        }  # fmt: skip
        words = _("您自己") if i == 0 else _("第 %(n)s 个人") % {"n": i + 1}
        made.append({"legend": words, "index": i, "group": [born] if i == 0 else [relation, born]})
    return made


# -- in: what a form brings back ------------------------------------------------------------------------------------
def take(answers: Answers, step: Step, post: QueryDict, go: str) -> dict[str, str] | None:
    """Take a screen's answers. Returns what is wrong by field; None: the list of people grew or shrank, ask again."""
    given = dict(post.lists())
    if step.screen.key == "place":
        return _take_place(answers, post)
    if step.screen.key == "town":
        kept.place(answers, answers.division, post.get("town"), answers.area)
        return {}
    if step.screen.key == "people":
        return _take_people(answers, post, go)
    return interview.take(answers, step, given, clock.business_day())  # type: ignore[arg-type]


def _take_place(answers: Answers, post: QueryDict) -> dict[str, str]:
    county, area = post.get("division", ""), post.get("area", "")
    same = county == answers.division
    kept.place(answers, county, answers.town if same else "", area)
    if not same:
        answers.trail = [t for t in answers.trail if t != "town"]
    wrong = {}
    if answers.division is None and county != UNSURE:
        wrong["division"] = _("请选一个；不知道就选“不清楚”")
    if answers.area is None and area != UNSURE:
        wrong["area"] = _("请选一个；不知道就选“不清楚”")
    try:
        answers.house["applicant_local"] = interview.read(
            "applicant_local", post.get("applicant_local", ""), clock.business_day()
        )
    except typed.NotRead as error:
        wrong["applicant_local"] = str(error)
    return wrong


def _take_people(answers: Answers, post: QueryDict, go: str) -> dict[str, str] | None:
    wrong: dict[str, str] = {}
    for i, facts in enumerate(answers.people):
        key, born = field("relation", i), field("born", i)
        relation = post.get(key, "")
        if i and relation in RELATIONS and relation != "本人":
            facts["relation"] = relation
        elif i and relation == UNSURE:
            facts["relation"] = None
        elif i:
            wrong[key] = _("请选一个；不知道就选“不清楚”")
        try:
            facts["born"] = typed.day(post.get(born, ""), clock.business_day())
        except typed.NotRead as error:
            wrong[born] = str(error)
    if go.startswith("drop=") and (number := go[5:]).isdecimal() and 0 < int(number) < len(answers.people):
        del answers.people[int(number)], answers.ticked[int(number)]
        answers.trail = [t for t in answers.trail if ":" not in t]
        return None
    if go == "add" and not wrong:
        if len(answers.people) < MOST_PEOPLE:
            answers.people.append({})
            answers.ticked.append(set())
        return None
    return wrong


# -- what was answered, to be looked over and mended ----------------------------------------------------------------
def answered(answers: Answers, law: InForce) -> list[dict[str, Any]]:
    """Each screen that was answered: its words, and its answers in a line; to be mended one by one."""
    rows = []
    for code in answers.trail:
        step = interview.again(law, answers, code)
        if step is None:
            continue
        made = page(answers, step, {}, None)
        who = f"{made['who']}：" if made["who"] else ""
        rows.append({"code": code, "label": f"{who}{made['title']}", "said": _("；").join(_lines(answers, step))})
    return rows


def _lines(answers: Answers, step: Step) -> list[str]:
    if step.screen.key == "place":
        where = divisions.name(f"{answers.division}000000") if answers.division else _("不清楚")
        return [where, {AREAS[0]: _("城镇"), AREAS[1]: _("农村"), None: _("不清楚")}[answers.area]]
    if step.screen.key == "town":
        return [divisions.name(answers.town) or _("不清楚")]
    if step.screen.key == "people":
        return [f"{label(answers, i)} {p.get('born') or _('不清楚')}" for i, p in enumerate(answers.people)]
    found = []
    for name, member in step.facts:
        facts = answers.of(member)
        if step.screen.is_list:
            words = [
                str(w) for v, w in QUESTIONS[name].ticks.items() if interview.is_ticked(answers, name, member or 0, v)
            ]
            found += words or (
                [f"{QUESTIONS[name].name}：{_('不清楚')}"] if name in facts and facts[name] is None else []
            )
        elif name in facts:
            who = f"{label(answers, member)} " if member is not None and step.screen.together else ""
            found.append(f"{who}{QUESTIONS[name].name}：{interview.said(name, facts[name])}")
    return found or [_("都没有")]
