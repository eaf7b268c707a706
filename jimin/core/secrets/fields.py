"""`SealedField`: one line in a model for a number that is stored sealed and found by token.

    id_number = SealedField(kind="id", title="身份证号")

adds the columns id_number_sealed and id_number_token. Assign the number as text; it is checked,
normalised and sealed at once. Reading gives a `Sealed`, whose text is the mask: the clear number
comes out of `reveal()` alone, so a template, a log or a query cannot show it by accident. Look up
with `Person.objects.filter(Person.id_number.where(text))`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, overload

from django.db import models
from django.db.models import Q

from jimin.core.secrets import cipher
from jimin.core.secrets.models import TOKEN_LENGTH
from jimin.core.secrets.numbers import KINDS, Kind


@dataclass(frozen=True, slots=True)
class Sealed:
    """A sealed number of one record. Its text is the mask."""

    kind: Kind
    value: bytes = field(repr=False)
    place: dict[str, Any] = field(repr=False)
    token: str = field(repr=False)

    def reveal(self) -> str:
        """The clear number. Only an audited action calls this."""
        return cipher.unseal(self.value, **self.place)

    def __str__(self) -> str:
        return self.kind.mask(self.reveal())

    def trace(self) -> str:
        """The mask and a piece of the token: what an audit row may hold, and different for different numbers."""
        return f"{self}#{self.token.partition('.')[2][:8]}"


class SealedField(property):
    """The pair of columns and the attribute in front of them. `kind` is one of numbers.KINDS.

    `once`: no two records of the table may hold the same number; whoever saves one calls once.hold for it.
    """

    def __init__(self, kind: str, title: Any, *, once: bool = False) -> None:
        super().__init__()
        self.kind = KINDS[kind]
        self.title = title
        self.once = once
        self.name = ""

    def contribute_to_class(self, model: type[models.Model], name: str) -> None:
        """Called by Django for the model that declares the field."""
        self.name = name
        sealed = models.BinaryField(self.title, null=True, editable=False)
        token = models.CharField(max_length=TOKEN_LENGTH, blank=True, default="", editable=False)
        model.add_to_class(f"{name}_sealed", sealed)  # type: ignore[attr-defined]
        model.add_to_class(f"{name}_token", token)  # type: ignore[attr-defined]
        setattr(model, name, self)

    @overload
    def __get__(self, record: None, owner: type | None = None) -> SealedField: ...
    @overload
    def __get__(self, record: Any, owner: type | None = None) -> Sealed | None: ...
    def __get__(self, record: Any, owner: type | None = None) -> SealedField | Sealed | None:
        if record is None:
            return self
        value = getattr(record, f"{self.name}_sealed")
        if value is None:
            return None
        return Sealed(self.kind, bytes(value), self._place(record), getattr(record, f"{self.name}_token"))

    def __set__(self, record: Any, value: str | Sealed | None) -> None:
        """Check, normalise and seal. Raises BadNumber. A Sealed of another record is sealed anew for this one."""
        text = value.reveal() if isinstance(value, Sealed) else (value or "").strip()
        if not text:
            setattr(record, f"{self.name}_sealed", None)
            setattr(record, f"{self.name}_token", "")
            return
        number = self.kind.normalise(text)
        setattr(record, f"{self.name}_sealed", cipher.seal(number, **self._place(record)))
        setattr(record, f"{self.name}_token", cipher.token(self.kind.code, number))

    def reseal(self, record: Any) -> None:
        """Seal the value as it is under the current key, with its token. Raises Unreadable, KeyFault."""
        place = self._place(record)
        text = cipher.unseal(bytes(getattr(record, self.sealed)), **place)
        setattr(record, self.sealed, cipher.seal(text, **place))
        setattr(record, f"{self.name}_token", cipher.token(self.kind.code, text))

    def where(self, text: str) -> Q:
        """The condition “this number”, by token under every key of the ring. Raises BadNumber."""
        return Q(**{f"{self.name}_token__in": cipher.tokens(self.kind.code, self.kind.normalise(text))})

    @property
    def sealed(self) -> str:
        """The name of the column with the sealed value."""
        return f"{self.name}_sealed"

    def columns(self) -> list[str]:
        """The names of the two columns (for save(update_fields=…))."""
        return [self.sealed, f"{self.name}_token"]

    def _place(self, record: models.Model) -> dict[str, Any]:
        return {"table": record._meta.db_table, "pk": record.pk, "field": self.name}
