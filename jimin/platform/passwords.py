"""The rule of the password's length, in words of our own: Django's have no Chinese."""

from __future__ import annotations

from django.contrib.auth.password_validation import MinimumLengthValidator
from django.utils.translation import gettext as _


class LongEnough(MinimumLengthValidator):
    """At least `min_length` characters."""

    def get_error_message(self) -> str:
        """What is wrong and what is allowed."""
        return _("密码太短，至少要 %d 个字符。") % self.min_length
