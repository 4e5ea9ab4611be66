"""The log of a running system: it grows with the recordings, and its proofs hold for whoever has the key alone."""

import json

import httpx
import pytest

from haidang.core.host import DEMO_WITNESS, RECORD_LOG
from haidang.core.log_entries import FileEnd, Gap, Sealed, entry_of
from haidang.core.tlog.policies import policy_of
from haidang.core.tlog.proofs import log_proof_of
from haidang.host.signers import LOGS, log_signer
from haidang.storage.log_reader import LogReader
from system.stack.conftest import Stack
from system.waiting import eventually

pytestmark = [pytest.mark.system, pytest.mark.timeout(400)]


def logged_streams(stack: Stack) -> int:
    """How many camera streams have an entry."""
    if stack.haidang("log", "show").returncode:
        return 0
    log = LogReader(stack.home / RECORD_LOG, log_signer(stack.home).key)
    entries = [entry_of(log.entry(index)) for index in range(log.checkpoint.size)]
    return len({(each.camera, each.stream) for each in entries if isinstance(each, Sealed | FileEnd | Gap)})


def test_every_stream_is_in_the_log_and_an_entry_is_proved_offline(stack: Stack) -> None:
    eventually(lambda: logged_streams(stack) == 24, "an entry of each of 24 streams", 120)
    key = stack.haidang("log", "key").stdout.strip()
    entry = stack.haidang("log", "entry", "3").stdout.strip().encode()
    proof = log_proof_of(stack.haidang("log", "proof", "3").stdout.encode())
    checkpoint, standing = proof.verify(entry, policy_of(f"log {key}\nquorum none\n"))
    assert checkpoint.size >= 24
    assert standing.met
    assert json.loads(stack.haidang("log", "show", "--json").stdout)["origin"] == checkpoint.origin


def test_the_witness_beside_a_demonstration_is_calm_and_has_a_copy_of_both_logs(stack: Stack) -> None:
    def health() -> str:
        return httpx.get(f"http://127.0.0.1:{stack.port + 3}/healthz").text

    eventually(lambda: health() == "ok", "no alarm", 60)
    folder = str(stack.home / DEMO_WITNESS)
    for log in LOGS:
        found = json.loads(stack.haidang("witness", "compare", folder, "--log", log, "--json").stdout)
        assert found["same"]
        assert found["kept"] > 0
    assert health() == "ok"


def test_a_byte_flipped_by_root_is_named_by_reconciliation(stack: Stack) -> None:
    eventually(lambda: logged_streams(stack) == 24, "an entry of each of 24 streams", 120)
    whole = stack.haidang("check", "--deep", "--json")
    assert whole.returncode == 0, whole.stdout
    log = LogReader(stack.home / RECORD_LOG, log_signer(stack.home).key)
    entries = [entry_of(log.entry(index)) for index in range(log.checkpoint.size)]
    seal = next(each for each in entries if isinstance(each, Sealed) and each.stream == "main")
    with (stack.home / "recordings" / seal.file).open("r+b") as file:
        file.seek(seal.offset_bytes + seal.size_bytes // 2)
        before = file.read(1)
        file.seek(-1, 1)
        file.write(bytes([before[0] ^ 0x80]))
        file.flush()
        found = stack.haidang("check", "--deep", "--json")
        file.seek(-1, 1)
        file.write(before)
    assert found.returncode == 1
    (sentence,) = json.loads(found.stdout)["sentences"]
    assert "Dữ liệu hình ảnh bị thay đổi" in sentence
    assert seal.file in sentence
    assert stack.haidang("check", "--deep").returncode == 0
