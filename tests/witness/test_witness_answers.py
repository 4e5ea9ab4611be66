"""What a witness answers: another implementation's transcript, every status of the specification, and two at once."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from core.tlog.trees import grown, records
from haidang.core.errors import Conflict, Fatal
from haidang.core.tlog.checkpoints import AddCheckpoint, Checkpoint, monitoring_path
from haidang.core.tlog.merkle import EMPTY_ROOT, consistency_proof, root_of
from haidang.core.tlog.notes import COSIGNATURE, ED25519, Key, Signer, open_note, sign_note
from haidang.witness.service import SIZE_TYPE, Answer, Witness
from haidang.witness.store import WitnessStore

LITEWITNESS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[1] / "core/tlog/litewitness.json").read_text(encoding="utf-8")
)  # fmt: skip
THEIRS = "sigsum.org/v1/tree/4d6d8825a6bb689d459628312889dfbb0bcd41b5211d9e1ce768b0ff0309e562"
THEIR_KEY = Key(THEIRS, ED25519, bytes.fromhex("ffdc2d4d98e4124d3feaf788c0c2f9abfd796083d1f0495437f302ec79cf100f"))
ORIGIN = "haidang.example/quy-nhon"
LOG = Signer.of(ORIGIN, ED25519, Ed25519PrivateKey.from_private_bytes(bytes(32)))
OURS = Signer.of("witness.example", COSIGNATURE, Ed25519PrivateKey.from_private_bytes(b"w" * 32))
START_S = 1_795_575_600


class Clock:
    def __init__(self) -> None:
        self.now_s = START_S

    def __call__(self) -> int:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def witness(tmp_path: Path, clock: Clock) -> Witness:
    store = WitnessStore.create(tmp_path / "witness.sqlite3")
    return Witness(OURS, {ORIGIN: [LOG.key], THEIRS: [THEIR_KEY]}, store, clock)


def signed(size: int, *, by: Signer = LOG, leaves: list[bytes] | None = None, root: bytes | None = None) -> bytes:
    _edge, nodes = grown(leaves or records(size))
    text = Checkpoint(ORIGIN, size, root or root_of(size, nodes)).text
    return sign_note(text, [by.sign(text)])


def ask(witness: Witness, old: int, size: int, note: bytes = b"", proof: list[bytes] | None = None) -> Answer:
    _edge, nodes = grown(records(size))
    proof = consistency_proof(old, size, nodes) if proof is None and old <= size else proof or []
    return witness.add_checkpoint(AddCheckpoint(old, tuple(proof), note or signed(size)).body)


def test_another_witnesss_transcript_is_answered_alike(witness: Witness) -> None:
    # Two differ: a log that is not known is 404 since the specification says so, and the signature of the second
    # request is no base64 of one spelling, which is malformed before it is wrong.
    expected = [each["status"] for each in LITEWITNESS]
    assert expected == [200, 403, 403, 422, 422, 200, 409, 200, 409]
    answers = [witness.add_checkpoint(each["body"].encode()) for each in LITEWITNESS]
    assert [each.status for each in answers] == [200, 400, 404, 422, 422, 200, 409, 200, 409]
    sizes = [each.body for each in answers if each.status == 409]
    assert sizes == ["3\n", "5\n"]
    assert {each.content_type for each in answers if each.status == 409} == {SIZE_TYPE}


def test_a_cosignature_opens_with_the_checkpoint_and_states_the_time(witness: Witness, clock: Clock) -> None:
    note = signed(7)
    answer = ask(witness, 0, 7, note)
    assert answer.status == 200
    (verified,) = open_note(note + answer.body.encode(), [OURS.key]).verified
    assert verified.time_s == START_S
    shown = witness.checkpoint(monitoring_path(ORIGIN).partition("/")[0])
    assert {each.key for each in open_note(shown.body.encode(), [OURS.key, LOG.key]).verified} == {OURS.key, LOG.key}
    clock.now_s += 10
    assert ask(witness, 7, 7).status == 200, "the same again, with a later time"
    assert witness.checkpoint("0" * 64).status == 404


def test_every_refusal_has_its_status(witness: Witness) -> None:
    stranger = Signer.of(ORIGIN, ED25519, Ed25519PrivateKey.from_private_bytes(b"x" * 32))
    assert ask(witness, 0, 5, signed(5, by=stranger)).status == 403
    assert ask(witness, 0, 5, signed(5).replace(b"\n5\n", b"\n6\n")).status == 403
    assert ask(witness, 6, 5).status == 400
    assert ask(witness, 0, 5, signed(5) + b"junk").status == 400
    assert ask(witness, 0, 5, proof=[bytes(32)]).status == 422
    assert ask(witness, 0, 0, signed(0, root=bytes(32)), []).status == 422
    assert ask(witness, 0, 5).status == 200
    assert ask(witness, 0, 9).status == 409
    forked = signed(9, leaves=[b"another", *records(8)])
    assert ask(witness, 5, 9, forked).status == 422
    assert ask(witness, 5, 5, signed(5, leaves=[b"another", *records(4)]), []).status == 422
    assert ask(witness, 5, 9).status == 200


def test_a_log_that_shrinks_or_forks_leaves_evidence_and_the_latest_stands(witness: Witness, tmp_path: Path) -> None:
    ask(witness, 0, 9)
    assert ask(witness, 5, 5).status == 409
    ask(witness, 9, 9, signed(9, leaves=[b"another", *records(8)]), [])
    store = WitnessStore(tmp_path / "witness.sqlite3")
    latest = store.latest(ORIGIN)
    assert latest is not None
    assert (latest.size, len(store.evidence(ORIGIN))) == (9, 1)
    store.close()


def test_an_empty_log_is_cosigned_too(witness: Witness) -> None:
    assert ask(witness, 0, 0, signed(0, root=EMPTY_ROOT), []).status == 200


def test_a_clock_behind_the_last_cosignature_signs_nothing(witness: Witness, clock: Clock) -> None:
    ask(witness, 0, 3)
    clock.now_s -= 1
    assert ask(witness, 3, 5).status == 503
    clock.now_s += 1
    assert ask(witness, 3, 5).status == 200


def test_of_two_at_once_one_is_cosigned(witness: Witness) -> None:
    ask(witness, 0, 3)
    barrier, answers = threading.Barrier(8), []

    def race(size: int) -> None:
        barrier.wait()
        answers.append(ask(witness, 3, size).status)

    threads = [threading.Thread(target=race, args=(4 + number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [200, *[409] * 7]


def test_the_store_outlives_the_process_and_is_never_made_anew(tmp_path: Path, clock: Clock) -> None:
    path = tmp_path / "witness.sqlite3"
    store = WitnessStore.create(path)
    ask(Witness(OURS, {ORIGIN: [LOG.key]}, store, clock), 0, 3)
    store.close()
    again = Witness(OURS, {ORIGIN: [LOG.key]}, WitnessStore(path), clock)
    assert ask(again, 0, 3).body == "3\n"
    with pytest.raises(Conflict):
        WitnessStore.create(path)
    with pytest.raises(Fatal):
        WitnessStore(tmp_path / "elsewhere.sqlite3")


@pytest.mark.parametrize("body", [b"", b"old 0\n\n", b"\xff" * 100, b"old 0\n\n" + b"x" * 2_000_000])
def test_junk_is_malformed(witness: Witness, body: bytes) -> None:
    assert witness.add_checkpoint(body).status == 400


def test_a_wrong_proof_is_no_evidence_against_the_log_that_did_not_make_it(witness: Witness, tmp_path: Path) -> None:
    """Whoever has a checkpoint can send it with a proof that does not hold; each says as much as the first."""
    ask(witness, 0, 5)
    assert ask(witness, 5, 5, proof=[bytes(32)]).status == 422
    store = WitnessStore(tmp_path / "witness.sqlite3")
    assert store.evidence(ORIGIN) == []
    forked = signed(9, leaves=[b"another", *records(8)])
    for number in range(3):
        assert ask(witness, 5, 9, forked, [number.to_bytes(32)]).status == 422
    assert len(store.evidence(ORIGIN)) == 1
    store.close()
