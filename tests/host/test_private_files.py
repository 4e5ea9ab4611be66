"""A key is read only while nobody else can: the logs', the papers', and whatever else is a secret in a file."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from haidang.core.errors import Unavailable
from haidang.core.host import LOG_KEY, PAPERS_KEY
from haidang.core.tlog.notes import Signer
from haidang.host.files import read_private
from haidang.host.signers import log_signer, papers_signer

KEYS: list[tuple[str, Callable[[Path], Signer]]] = [(LOG_KEY, log_signer), (PAPERS_KEY, papers_signer)]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "secrets").mkdir(mode=0o700)
    for name, _ in KEYS:
        (tmp_path / name).touch(mode=0o600)
        (tmp_path / name).write_bytes(b"k" * 32)
    return tmp_path


@pytest.mark.parametrize(("name", "signer"), KEYS)
@pytest.mark.parametrize("mode", [0o640, 0o620, 0o610, 0o604, 0o602, 0o601, 0o644, 0o660])
def test_a_key_that_others_may_open_signs_nothing(
    home: Path, name: str, signer: Callable[[Path], Signer], mode: int
) -> None:
    path = home / name
    path.chmod(mode)
    with pytest.raises(Unavailable, match=f"chmod 600 {path}") as caught:
        signer(home)
    assert caught.value.code == "key_open"


@pytest.mark.parametrize(("name", "signer"), KEYS)
@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_a_key_of_its_owner_alone_signs(home: Path, name: str, signer: Callable[[Path], Signer], mode: int) -> None:
    (home / name).chmod(mode)
    assert signer(home).key.name.startswith("haidang.local/")


@pytest.mark.parametrize(("name", "signer"), KEYS)
def test_a_key_of_another_user_signs_nothing(
    home: Path, name: str, signer: Callable[[Path], Signer], monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: owner + 1)
    with pytest.raises(Unavailable, match=f"{name} belongs to user {owner}") as caught:
        signer(home)
    assert caught.value.code == "key_open"


def test_a_link_to_an_open_file_is_open(tmp_path: Path) -> None:
    (tmp_path / "far").write_bytes(b"k" * 32)
    (tmp_path / "far").chmod(0o644)
    (tmp_path / "key").symlink_to(tmp_path / "far")
    with pytest.raises(Unavailable) as caught:
        read_private(tmp_path / "key")
    assert caught.value.code == "key_open"


def test_a_key_that_is_missing_says_what_makes_it(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="haidang init") as caught:
        log_signer(tmp_path)
    assert caught.value.code == "no_key"
