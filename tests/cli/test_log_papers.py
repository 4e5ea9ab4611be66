"""What `haidang log` hands to verifiers: a policy that they can pin, and minutes that they can check."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from accounts.cast import home
from haidang.cli.main import main
from haidang.core.host import SETTINGS
from haidang.core.tlog.notes import COSIGNATURE, Signer, sign_note
from haidang.core.tlog.policies import policy_of
from haidang.host.signers import LOGS, log_signer, papers_signer

__all__ = ["home"]
WITNESS = Signer.of("w.example", COSIGNATURE, Ed25519PrivateKey.from_private_bytes(b"w" * 32))


@pytest.fixture
def host(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HAIDANG_DIR", str(home))
    return home


def test_the_policy_that_is_handed_out_is_one_that_verifiers_can_read(
    host: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Both logs of a host share a key."""
    (host / SETTINGS).write_text(f'[log]\nwitnesses = ["{WITNESS.key} https://w.example"]\n')
    assert main(["log", "policy"]) == 0
    policy = policy_of(capsys.readouterr().out)
    assert [log.key for log in policy.logs] == [log_signer(host, log).key for log in LOGS]
    assert [witness.key for witness in policy.witnesses] == [WITNESS.key]
    assert policy.quorum == "witnesses"


def test_minutes_are_checked_with_the_papers_key_and_no_other(host: Path, tmp_path: Path) -> None:
    signer, text = papers_signer(host), "BIÊN BẢN\nKẾT QUẢ: không phát hiện sai lệch\n"
    minutes = tmp_path / "bien-ban.txt"
    minutes.write_bytes(sign_note(text, [signer.sign(text)]))
    assert main(["log", "verify-minutes", str(minutes), "--key", str(signer.key)]) == 0
    assert main(["log", "verify-minutes", str(minutes), "--key", str(log_signer(host).key)]) == 1
    minutes.write_bytes(minutes.read_bytes().replace(b"kh\xc3\xb4ng ", b""))
    assert main(["log", "verify-minutes", str(minutes), "--key", str(signer.key)]) == 1


def test_only_what_runs_here_is_restarted(host: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["restart", "everything"]) == 2
    assert "keeper" in capsys.readouterr().err
    assert main(["restart", "keeper"]) == 1
    assert "not_running" in capsys.readouterr().err
