"""Sheets: what others may use."""

from jimin.core.sheets.base import SHEETS, Call, Fault, Key, Line, Sheet, get
from jimin.core.sheets.columns import SheetColumn

__all__ = ["SHEETS", "Call", "Fault", "Key", "Line", "Sheet", "SheetColumn", "get"]
