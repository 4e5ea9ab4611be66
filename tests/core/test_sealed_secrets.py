from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haidang.core.errors import CorruptData
from haidang.core.sealed import KEY_BYTES, NONCE_BYTES, open_sealed, seal

KEY, NONCE = bytes(range(KEY_BYTES)), bytes(range(NONCE_BYTES))
SEALED = "v1.AAECAwQFBgcICQoL.KuNstrHFqXNs+z7+pfRzauHecLRcxkVyC2TeRQ=="


@given(st.text(max_size=50))
def test_what_was_sealed_opens(secret: str) -> None:
    assert open_sealed(seal(secret, camera="cam-1", key=KEY, nonce=NONCE), camera="cam-1", key=KEY) == secret


def test_the_text_of_a_sealed_secret() -> None:
    assert seal("mật khẩu", camera="cam-1", key=KEY, nonce=NONCE) == SEALED


def test_another_camera_or_key_does_not_open_it() -> None:
    for camera, key in (("cam-2", KEY), ("cam-1", bytes(KEY_BYTES)), ("cam-1", b"short")):
        with pytest.raises(CorruptData) as caught:
            open_sealed(SEALED, camera=camera, key=key)
        assert caught.value.code == "sealed_secret"


@given(st.integers(0, len(SEALED) - 1), st.sampled_from("Av1.=+ é"))
def test_a_changed_character_does_not_open(at: int, new: str) -> None:
    changed = SEALED[:at] + new + SEALED[at + 1 :]
    if changed != SEALED:
        with pytest.raises(CorruptData):
            open_sealed(changed, camera="cam-1", key=KEY)


@given(st.text(max_size=100))
def test_any_text_is_corrupt_data(text: str) -> None:
    with pytest.raises(CorruptData) as caught:
        open_sealed(text, camera="cam-1", key=KEY)
    assert "set them again" in str(caught.value)
