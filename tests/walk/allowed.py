"""What may be so although a check says otherwise, each with its reason."""

from __future__ import annotations

#: Pages that may be empty in the demo: [pattern of the page's kind and address, who (empty: everybody), why].
EMPTY: list[tuple[str, str, str]] = [
    (r"^console:plan_bulletin", "", "the demo leaves the first bulletin to whoever tries it"),
    (r"^console:task_allocate", "", "the offices are chosen first; the page then asks for their parts"),
    (r"^console:findings", "office_chief", "findings are behind a wall: only those asked see theirs"),
    (r"^console:inbox", "office_chief", "nothing lies with the chief on the demo's day"),
    (r"^console:appraisals|planning\.scores", "", "an appraisal is seen by the units once it is published"),
    (r"rectifications|planning\.instructions|planning\.findings", "county_clerk", "the demo has none for this county"),
    (r"^console:study_topic", "county_clerk", "the county has not recorded a session of this topic yet"),
]
