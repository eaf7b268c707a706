"""Every change to people and households."""

from jimin.core.parties.actions.corrections import CorrectPerson, RevealNumber
from jimin.core.parties.actions.households import AddMember, EndMember, RegisterHousehold
from jimin.core.parties.actions.merging import MergePersons, UndoMerge
from jimin.core.parties.actions.persons import RegisterUnknown

__all__ = [
    "AddMember",
    "CorrectPerson",
    "EndMember",
    "MergePersons",
    "RegisterHousehold",
    "RegisterUnknown",
    "RevealNumber",
    "UndoMerge",
]
