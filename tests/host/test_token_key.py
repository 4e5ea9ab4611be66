"""The logs' key on a token: it signs, the PIN is guarded, and a token that was away is used again."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from haidang.core.errors import InvalidInput, Unavailable
from haidang.core.host import LOG_KEY
from haidang.host import token_key
from haidang.host.signers import log_signer, papers_signer
from haidang.host.token_key import TokenKey, token_of
from host.drawer import PIN, PIN_FILE, SECTION, Drawer, on_token

TEXT = "haidang.local/…\n1\nroot\n"


@pytest.fixture
def drawer(monkeypatch: pytest.MonkeyPatch) -> Drawer:
    drawer = Drawer()
    monkeypatch.setattr(token_key, "_connect", drawer.connect)
    return drawer


@pytest.fixture
def home(tmp_path: Path) -> Path:
    on_token(tmp_path)
    return tmp_path


def refused(home: Path, code: str) -> Unavailable:
    with pytest.raises(Unavailable) as caught:
        log_signer(home).sign(TEXT)
    assert caught.value.code == code
    return caught.value


def test_the_token_signs_both_logs_under_names_of_its_key(drawer: Drawer, home: Path) -> None:
    for log in ("record", "acts"):
        signer = log_signer(home, log)
        assert signer.key.name == drawer.vkey_start + log
        signer.key.verify(TEXT, signer.sign(TEXT).made)
    assert not (home / LOG_KEY).exists()


def test_the_same_key_has_the_same_name_in_a_file_and_on_a_token(drawer: Drawer, home: Path, tmp_path: Path) -> None:
    other = tmp_path / "file"
    (other / "secrets").mkdir(parents=True)
    (other / LOG_KEY).touch(mode=0o600)
    (other / LOG_KEY).write_bytes(drawer.seed)
    assert log_signer(other).key == log_signer(home).key


def test_the_public_half_takes_no_pin(drawer: Drawer, home: Path) -> None:
    (home / PIN_FILE).unlink()
    assert log_signer(home).key.name.startswith(drawer.vkey_start)
    assert drawer.logins == 0
    refused(home, "token_pin")


def test_one_login_serves_many_signatures_of_both_logs(drawer: Drawer, home: Path) -> None:
    for _ in range(5):
        log_signer(home).sign(TEXT)
        log_signer(home, "acts").sign(TEXT)
    assert (drawer.connections, drawer.logins) == (1, 1)


def test_a_session_that_has_ended_is_opened_anew_at_once(drawer: Drawer, home: Path) -> None:
    signer = log_signer(home)
    signer.sign(TEXT)
    drawer.era += 1
    signer.key.verify(TEXT, signer.sign(TEXT).made)
    assert (drawer.connections, drawer.logins) == (2, 2)


def test_a_token_that_is_away_is_told_and_used_again_when_it_is_back(drawer: Drawer, home: Path) -> None:
    signer = log_signer(home)
    signer.sign(TEXT)
    drawer.there = False
    for _ in range(3):
        refused(home, "token_away")
        with pytest.raises(Unavailable):
            signer.sign(TEXT)
    drawer.there = True
    signer.key.verify(TEXT, signer.sign(TEXT).made)


def test_a_wrong_pin_is_shown_once_so_that_no_loop_locks_the_token(drawer: Drawer, home: Path) -> None:
    on_token(home, "wrong")
    for _ in range(20):
        refused(home, "token_pin")
    assert drawer.wrong == 1
    on_token(home, PIN)
    log_signer(home).sign(TEXT)
    assert drawer.wrong == 0


def test_a_locked_token_is_told_and_used_again_when_it_is_open(drawer: Drawer, home: Path) -> None:
    drawer.wrong = 3
    refused(home, "token_locked")
    drawer.wrong = 0
    log_signer(home).sign(TEXT)


@pytest.mark.parametrize("content", [b"", b"\n", b"\xff\xfe"])
def test_a_file_without_a_pin_is_told_and_not_tried(drawer: Drawer, home: Path, content: bytes) -> None:
    (home / PIN_FILE).write_bytes(content)
    refused(home, "token_pin")
    assert drawer.logins == 0


def test_a_pin_that_others_can_read_is_not_used(drawer: Drawer, home: Path) -> None:
    (home / PIN_FILE).chmod(0o640)
    assert f"chmod 600 {home / PIN_FILE}" in str(refused(home, "key_open"))
    assert drawer.logins == 0


def test_another_token_in_its_place_signs_nothing_in_its_name(drawer: Drawer, home: Path) -> None:
    signer = log_signer(home)
    signer.sign(TEXT)
    drawer.seed, drawer.era = b"o" * 32, 1
    with pytest.raises(Unavailable) as caught:
        signer.sign(TEXT)
    assert caught.value.code == "token_key"


def chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def test_no_error_and_no_description_holds_the_pin(drawer: Drawer, home: Path) -> None:
    wrong = "hải-đăng-sai"
    on_token(home, wrong)
    for error in [*chain(refused(home, "token_pin")), *chain(refused(home, "token_pin"))]:
        assert wrong not in f"{error!r} {error}"
    assert wrong not in repr(token_of(home))
    assert wrong not in repr(log_signer(home))


def test_threads_take_turns(drawer: Drawer, home: Path) -> None:
    signers = [log_signer(home), log_signer(home, "acts")]
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda number: signers[number % 2].sign(TEXT), range(200)))
    assert len({each.made for each in made}) == 1  # Ed25519 has one signature of a text


def test_papers_are_signed_by_their_file_all_the_same(drawer: Drawer, home: Path) -> None:
    with pytest.raises(Unavailable) as caught:
        papers_signer(home)
    assert caught.value.code == "no_key"
    assert drawer.connections == 0


def test_without_settings_the_key_is_the_file(tmp_path: Path) -> None:
    assert token_of(tmp_path) is None
    (tmp_path / "haidang.toml").write_text("[log]\nquorum = 0\n")
    assert token_of(tmp_path) is None


def test_settings_that_are_wrong_are_told(tmp_path: Path) -> None:
    (tmp_path / "haidang.toml").write_text(SECTION.replace("/a/token.so", "token.so"))
    with pytest.raises(InvalidInput, match="pkcs11_module"):
        log_signer(tmp_path)


def test_without_the_extra_it_is_said_what_to_install(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "haidang.host.pkcs11_token", raising=False)
    monkeypatch.setitem(sys.modules, "pkcs11", None)
    with pytest.raises(Unavailable, match=r"haidang\[pkcs11\]") as caught:
        log_signer(home)
    assert caught.value.code == "no_pkcs11"


def test_what_fails_otherwise_leaves_no_connection_behind(tmp_path: Path) -> None:
    drawer = Drawer()
    token = TokenKey(drawer.connect, tmp_path / "none")
    with pytest.raises(Unavailable, match="PIN"):
        token.sign(b"x")
    assert token.public()
    assert drawer.connections == 2
