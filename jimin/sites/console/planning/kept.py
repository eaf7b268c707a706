"""Files that were uploaded with a form that was refused: they stay, and the form carries them in signed hidden fields.

A stored file's id alone would let anybody attach (and then read) a file of somebody else; so the hidden field carries
the id and the account under the site's signature, and only that account can send it back.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.core import signing

from jimin.core.files.models import StoredFile

SALT = "jimin.planning.kept"


def token(account: str, file: StoredFile) -> str:
    """What the hidden field carries."""
    return signing.dumps([account, str(file.pk)], salt=SALT)


def files(account: str, tokens: Iterable[str]) -> tuple[list[StoredFile], int]:
    """The files of the tokens, in their order, and how many tokens were not this account's."""
    ids, wrong = [], 0
    for text in tokens:
        try:
            owner, pk = signing.loads(text, salt=SALT)
        except (signing.BadSignature, ValueError):
            owner = pk = ""
        if owner == account:
            ids.append(pk)
        else:
            wrong += 1
    found = {str(f.pk): f for f in StoredFile.objects.filter(pk__in=ids)}
    return [found[pk] for pk in ids if pk in found], wrong
