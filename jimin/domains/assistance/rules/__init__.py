"""The programmes of social assistance as rules, over one set of facts. Importing this package loads them all."""

from jimin.domains.assistance.rules import dibao, disability, family, heating, income, property, tekun, temporary
from jimin.domains.assistance.rules.facts import rules

__all__ = ["dibao", "disability", "family", "heating", "income", "property", "rules", "tekun", "temporary"]
