"""What may be so although a check says otherwise, each with its reason."""

from __future__ import annotations

#: Pages that may be empty in the demo: (pattern of the page's kind and address, pattern of who, why).
EMPTY: list[tuple[str, str, str]] = [
    (r"^console:plan_bulletin", "", "the demo leaves the first bulletin to whoever tries it"),
    (r"^console:task_allocate", "", "the offices are chosen first; the page then asks for their parts"),
    (
        r"^console:findings",
        "office_chief|leader|deputy|dept_chief",
        "findings are behind a wall: only those asked see theirs",
    ),
    (r"^console:inbox", "", "it may well be that nothing lies with somebody, or that nothing presses an office"),
    (
        r"^console:appraisals|planning.scores",
        "^c|auditor|inspector|^dept_c",
        "an appraisal is seen by the units once it is published",
    ),
    (r"rectifications|instructions|findings", "^county|^dept_c|^city|^direct", "the demo has none for this office"),
    (r"study_topic|study_sessions", "^county|^town|^city", "the office has not recorded a session of this topic yet"),
    (
        r"^console:token|^console:account",
        "operator|office_chief|auditor",
        "no other system and no sign-in in the demo yet",
    ),
    (r"integrity|planning.risks", "^city", "risks are recorded by the department's own offices"),
    (r"^console:simulation", "", "nobody has saved a scenario yet"),
    (r"import", "", "nobody has brought a workbook back yet"),
    (r"^console:audit", "", "nobody has had the trail verified yet"),
    (r"^console:sheet", "^dept|^office_clerk", "this office answers for figures that others report"),
]
