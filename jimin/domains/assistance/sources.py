"""Where the facts of the rules stand in the lake today: what the register of people knows.

A household's application will bring the rest; until then it is unknown, and the answer is 资料不足. The relation to the head
of a household is not the relation to the applicant, and a disability that is not on record is not none: neither is taken.
"""

from typing import Any

from jimin.engines.policy.sources import From, Sources

WORDS = 2  # 肢体二级: two for the kind, two for the grade


def kind(text: Any) -> Any:
    """The kind of 肢体二级."""
    return text.left(WORDS)


def grade(text: Any) -> Any:
    """The grade of 肢体二级."""
    return text.right(WORDS)


SOURCES = Sources(
    persons={
        "born": From("persons", "birth"),
        "disability_kind": From("persons", "disability", kind),
        "disability_grade": From("persons", "disability", grade),
    }
)
