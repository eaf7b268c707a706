"""Django's makemessages, for how this code marks its texts."""

from __future__ import annotations

from django.core.management.commands import makemessages


class Command(makemessages.Command):
    """Also takes `lazy(…)`, `noop(…)` and the titles of declared permissions; guesses no translation: a guess reads like one."""

    xgettext_options = [
        *makemessages.Command.xgettext_options,
        "--keyword=lazy",
        "--keyword=noop",
        "--keyword=declare:2",
    ]
    msgmerge_options = [*makemessages.Command.msgmerge_options, "--no-fuzzy-matching"]
