"""The logs' key on a real PKCS#11 library: it signs there, stays there, and a keeper goes on when it is back."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from haidang.core.errors import Unavailable
from haidang.core.host import LOG_KEY, LOG_STANDING, RECORD_LOG
from haidang.core.log_standing import LogStanding, parse_standing
from haidang.core.units import WallUs
from haidang.host.pkcs11_token import Pkcs11Token
from haidang.host.signers import log_key, log_signer
from haidang.storage.log_reader import LogReader
from host.drawer import on_token
from system.token.softhsm import MODULE, PIN, SoftToken
from system.waiting import eventually
from system.web.own_host import OwnHost

pytestmark = [pytest.mark.system, pytest.mark.timeout(120)]

P256 = "1.2.840.10045.3.1.7"
NEVER = WallUs(0)
TEXT = "haidang.local/…\n1\nroot\n"


@pytest.fixture
def token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SoftToken:
    token = SoftToken(tmp_path / "softhsm")
    monkeypatch.setenv("SOFTHSM2_CONF", str(token.configuration))
    token.make()
    return token


def refused(home: Path, code: str) -> str:
    with pytest.raises(Unavailable) as caught:
        log_signer(home).sign(TEXT)
    assert caught.value.code == code
    return str(caught.value)


def test_it_signs_is_missed_when_away_and_signs_again(token: SoftToken, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    token.add_key("log")
    on_token(home, PIN, token.settings("log"))
    signer = log_signer(home)
    for _ in range(3):
        signer.key.verify(TEXT, signer.sign(TEXT).made)
    token.take_out()
    refused(home, "token_away")
    refused(home, "token_away")
    token.put_back()
    assert log_signer(home).key == signer.key
    signer.key.verify(TEXT, signer.sign(TEXT).made)
    token.take_out()
    refused(home, "token_away")
    token.put_back()
    on_token(home, "1234567")
    (home / "haidang.toml").write_text(token.settings("log"))
    assert "1234567" not in refused(home, "token_pin")
    on_token(home, PIN, token.settings("log"))
    signer.key.verify(TEXT, signer.sign(TEXT).made)


def use(token: SoftToken, key: str) -> None:
    opened = Pkcs11Token(MODULE, token.label, key)
    try:
        opened.public()
        opened.log_in(PIN)
    finally:
        opened.close()


def test_a_key_that_is_not_right_is_named_and_not_used(token: SoftToken) -> None:
    for label in ("two", "two", "taken"):
        token.add_key(label, extractable=label == "taken")
    token.add_key("nist", curve=P256)
    for key, told in (("two", "2 times"), ("nist", "no Ed25519"), ("none", "0 times"), ("taken", "can be taken")):
        with pytest.raises(Unavailable, match=told) as caught:
            use(token, key)
        assert caught.value.code == "token_key", key


@pytest.mark.parametrize("module", ["/nowhere/token.so", "/etc/hostname"])
def test_a_library_that_is_none_is_told(token: SoftToken, module: str) -> None:
    with pytest.raises(Unavailable) as caught:
        Pkcs11Token(module, token.label, "log")
    assert caught.value.code == "token_away"


def test_a_keeper_logs_with_its_key_on_a_token_and_outlives_its_absence(token: SoftToken, tmp_path: Path) -> None:
    token.add_key("log")
    host = OwnHost(tmp_path / "home")
    (host.home / LOG_KEY).unlink()  # made before the settings named a token
    text = (host.home / "haidang.toml").read_text()
    on_token(host.home, PIN, text + token.settings("log"))
    host.python("from haidang.config import commands; commands.prepare(home)")
    assert not (host.home / LOG_KEY).exists()
    told = _haidang(host, "log", "key")["vkey"]
    assert told == str(log_key(host.home))
    host.start("keeper")
    try:
        size = eventually(lambda: _standing(host).size, "a first checkpoint", 60)
        token.take_out()
        eventually(lambda: _standing(host).error == "token_away", "that the token is away", 40)
        assert _haidang(host, "log", "show")["origin"] == log_key(host.home).name, "readers need no token"
        token.put_back()
        eventually(lambda: not _standing(host).error and _standing(host).size > size, "another checkpoint", 40)
    finally:
        host.stop()
    assert LogReader(host.home / RECORD_LOG, log_key(host.home)).checkpoint.size > size
    written = [each.read_text(errors="replace") for each in (host.home / "log").iterdir()] + [host.output("keeper")]
    assert any("token_away" in text or "does not answer" in text for text in written)
    assert not any(PIN in text for text in written)


def _standing(host: OwnHost) -> LogStanding:
    path = host.home / LOG_STANDING / "record.json"
    return parse_standing(path.read_bytes()) if path.exists() else LogStanding("record", "", NEVER, 0, b"", 0, ())


def _haidang(host: OwnHost, *words: str) -> dict[str, str]:
    command = [sys.executable, "-m", "haidang.cli", *words, "--json"]
    done = subprocess.run(command, env=host.environment, capture_output=True, text=True, timeout=60, check=True)
    said: dict[str, str] = json.loads(done.stdout)
    return said
