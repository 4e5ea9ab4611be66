"""What a password must be and how long it serves, told to people in their words; and passwords drawn for new accounts.

Laws: the last five do not come back; after 180 days a person sets another before anything else. Programs' tokens are
no passwords and know no such day.
"""

from __future__ import annotations

import secrets
import string
from collections.abc import Callable
from datetime import timedelta

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.hashers import check_password
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from haidang.accounts.models import Account, PasswordBefore
from haidang.core.units import WallUs

__all__ = [
    "HISTORY",
    "MIN_LENGTH",
    "PASSWORD_MAX_AGE",
    "PHRASE_LENGTH",
    "OwnNameValidator",
    "StrengthValidator",
    "WellKnownValidator",
    "draw_password",
    "is_outworn",
    "was_used_before",
]

#: How many of the passwords before may not come back.
HISTORY = 5
PASSWORD_MAX_AGE = timedelta(days=180)
MIN_LENGTH = 12
PHRASE_LENGTH = 24
#: Different words, of at least two different letters each.
PHRASE_WORDS = 4
#: Different characters of one that is no phrase.
MIN_DIFFERENT = 6
#: No characters that are taken for one another when a password is read from paper.
_ALPHABET = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"


class StrengthValidator:
    """At least 12 characters of four classes, or a phrase of 24 characters; both of several different things."""

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:  # noqa: ARG002 - Django's signature
        if len(password) >= PHRASE_LENGTH and len(_words(password)) >= PHRASE_WORDS:
            return
        if len(password) < MIN_LENGTH:
            raise ValidationError(
                _("Mật khẩu phải có ít nhất %(length)d ký tự.") % {"length": MIN_LENGTH}, code="password_too_short"
            )
        if not _has_four_classes(password) or len(set(password)) < MIN_DIFFERENT:
            raise ValidationError(
                _("Mật khẩu phải có đủ chữ hoa, chữ thường, chữ số và ký tự đặc biệt, hoặc là một câu dài."),
                code="password_too_simple",
            )

    def get_help_text(self) -> str:
        return _(
            "Ít nhất %(length)d ký tự, có chữ hoa, chữ thường, chữ số và ký tự đặc biệt; "
            "hoặc một câu ít nhất %(words)d từ khác nhau, %(phrase)d ký tự."
        ) % {"length": MIN_LENGTH, "words": PHRASE_WORDS, "phrase": PHRASE_LENGTH}


class OwnNameValidator:
    """Not the account's or the unit's name."""

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:
        if not isinstance(user, Account):
            return
        folded = password.casefold()
        if any(name in folded for name in (user.username, user.unit.slug, user.unit.name.casefold())):
            raise ValidationError(
                _("Mật khẩu không được chứa tên tài khoản hoặc tên đơn vị."), code="password_own_name"
            )

    def get_help_text(self) -> str:
        return _("Không chứa tên tài khoản hoặc tên đơn vị.")


class WellKnownValidator(CommonPasswordValidator):
    """Not one of the twenty thousand that everybody tries first."""

    def get_error_message(self) -> str:
        return _("Mật khẩu này quá phổ biến, dễ bị đoán ra.")

    def get_help_text(self) -> str:
        return _("Không phải mật khẩu phổ biến.")


def _words(phrase: str) -> set[str]:
    return {word for word in phrase.casefold().split() if len(set(word)) > 1}


def _has_four_classes(password: str) -> bool:
    return (
        any(c.islower() for c in password)
        and any(c.isupper() for c in password)
        and any(c.isdigit() for c in password)
        and any(c in string.punctuation or c.isspace() or not c.isalnum() for c in password)
    )


def draw_password(choose: Callable[[str], str] = secrets.choice) -> str:
    """A random password of four classes that can be read aloud: ``xxxxx-xxxxx-xxxxx`` (87 bits)."""
    while True:
        password = "-".join("".join(choose(_ALPHABET) for _letter in range(5)) for _group in range(3))
        if _has_four_classes(password):
            return password


def is_outworn(account: Account, *, now: WallUs) -> bool:
    """Whether the person's password has served its time."""
    since = account.password_changed_at or account.created_at
    return now - since >= PASSWORD_MAX_AGE // timedelta(microseconds=1)


def was_used_before(account: Account, password: str) -> bool:
    """Whether this was one of the last five. As much work as five sign-ins: ask where passwords may be checked."""
    rows = PasswordBefore.objects.filter(account=account).order_by("-at", "-pk")[:HISTORY]
    return any([check_password(password, row.password) for row in rows])  # noqa: C419 - each is checked: equal time
