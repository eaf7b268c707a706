"""Registers: what others may use."""

from jimin.core.registers.base import REGISTERS, Bulk, Page, Reading, Register, Row, get
from jimin.core.registers.columns import Cell, Column, Status
from jimin.core.registers.export import Exported, export
from jimin.core.registers.filters import Choice, Contains, DateRange, Division, Filter, MonthOf, Option, YesNo

__all__ = [
    "REGISTERS", "Bulk", "Cell", "Choice", "Column", "Contains", "DateRange", "Division", "Exported", "Filter",
    "MonthOf", "Option", "Page", "Reading", "Register", "Row", "Status", "YesNo", "export", "get",
]  # fmt: skip
