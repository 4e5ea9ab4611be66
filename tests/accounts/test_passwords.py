"""What a password must be, and how it is kept."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.contrib.auth.hashers import identify_hasher, make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from pytest_django import Settings

from accounts.cast import account_of
from haidang.accounts.passwords import draw_password


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("Ngắn-1", "password_too_short"),
        ("chỉ toàn chữ thường", "password_too_simple"),
        ("KhongCoKyTuDacBiet1", "password_too_simple"),
        ("Ca-Phu-Cat-2026-xyz", "password_own_name"),
        ("Công an huyện Phù Cát 1", "password_own_name"),
        ("Aa1!Aa1!Aa1!", "password_too_simple"),
        ("mot mot mot mot mot mot mot", "password_too_simple"),
        ("aaaa bbbb cccc dddd eeee ffff", "password_too_simple"),
    ],
)
@pytest.mark.usefixtures("policy")
def test_a_weak_password_is_refused_with_its_reason(password: str, code: str) -> None:
    with pytest.raises(ValidationError) as refused:
        validate_password(password, account_of("ca-phu-cat"))
    assert code in [error.code for error in refused.value.error_list]
    assert all(not message.isascii() for message in refused.value.messages), "in Vietnamese"


@pytest.mark.parametrize("password", ["Đèn-biển 2026 sáng", "thuyền về bến cá lúc trời sáng rõ"])
@pytest.mark.usefixtures("policy")
def test_four_classes_or_a_long_phrase_will_do(password: str) -> None:
    validate_password(password, account_of("ca-phu-cat"))


@pytest.mark.usefixtures("policy")
def test_drawn_passwords_pass_and_differ() -> None:
    account = account_of("ca-phu-cat")
    drawn = {draw_password() for _ in range(50)}
    assert len(drawn) == 50
    for password in drawn:
        validate_password(password, account)


def test_a_new_password_is_kept_as_argon2id(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    kept = make_password("Đèn-biển 2026 sáng")
    assert identify_hasher(kept).algorithm == "argon2"
    assert kept.startswith("argon2$argon2id$")


def test_only_argon2_is_configured() -> None:
    from haidang.config import django_settings  # noqa: PLC0415 - its own values, before fixtures change them

    assert django_settings.PASSWORD_HASHERS == ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    assert settings.AUTH_USER_MODEL == "accounts.Account"
