"""What an author is told when a rule, a parameter or a test cannot be loaded."""

from __future__ import annotations


class RuleError(Exception):
    """A rule text that cannot be law: it names the place, what was found, what is allowed and what to do next."""

    def __init__(self, found: str, *, where: str = "", allowed: str = "", then: str = "") -> None:
        super().__init__(found)
        self.found, self.where, self.allowed, self.then = found, where, allowed, then

    def at(self, where: str) -> RuleError:
        """The same error, with the place where the text stands; a place that is known already is kept."""
        self.where = self.where or where
        return self

    def __str__(self) -> str:
        place = f"{self.where}：" if self.where else ""
        allowed = f"；可用：{self.allowed}" if self.allowed else ""
        then = f"。{self.then}" if self.then else ""
        return f"{place}{self.found}{allowed}{then}"
