"""Checkpoints, requests to witnesses, proofs of logging and trust policies: as published, and every way to be wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from core.tlog.trees import grown, records
from haidang.core.errors import CorruptData, InvalidInput
from haidang.core.tlog.checkpoints import (
    AddCheckpoint,
    Checkpoint,
    add_checkpoint_of,
    checkpoint_of,
    monitoring_path,
)
from haidang.core.tlog.merkle import inclusion_proof, root_of
from haidang.core.tlog.notes import COSIGNATURE, ED25519, Signer, sign_note
from haidang.core.tlog.policies import policy_of
from haidang.core.tlog.proofs import LogProof, log_proof_of

#: What another witness is asked in its own tests, and how it answers (litewitness).
LITEWITNESS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parent / "litewitness.json").read_text(encoding="utf-8")
)  # fmt: skip
ORIGIN = "haidang.example/quy-nhon"
TIME_S = 1_795_575_600


def signer(name: str, kind: int = COSIGNATURE) -> Signer:
    seed = name.encode().ljust(32, b"\0")[:32]
    return Signer.of(name, kind, Ed25519PrivateKey.from_private_bytes(seed))


LOG = signer(ORIGIN, ED25519)
WITNESSES = [signer(f"witness-{number}.example") for number in range(4)]


def policy_text(quorum: str) -> str:
    lines = [f"log {LOG.key}", *(f"witness w{n} {each.key} https://w{n}.example" for n, each in enumerate(WITNESSES))]
    return "\n".join(["# ours", *lines, quorum]) + "\n"


def proof_of(index: int = 5, *spoken: int, size: int = 20) -> LogProof:
    _edge, nodes = grown(records(size))
    text = Checkpoint(ORIGIN, size, root_of(size, nodes)).text
    signatures = [LOG.sign(text), *(WITNESSES[each].sign(text, time_s=TIME_S + each) for each in spoken)]
    return LogProof(index, tuple(inclusion_proof(index, size, nodes)), sign_note(text, signatures))


# -- checkpoints and requests


def test_a_checkpoint_is_three_lines() -> None:
    checkpoint = Checkpoint(ORIGIN, 0, bytes(32))
    assert checkpoint_of(checkpoint.text) == checkpoint
    assert monitoring_path("rome2026h1.example.org").partition("/")[0] == (
        "000de184301123b9278c086a7d9f68c9577e83872224c197058fd90784ea9706"
    )


@pytest.mark.parametrize(
    "text",
    [
        "", "\n1\n{root}\n", "o\n01\n{root}\n", "o\n+1\n{root}\n", "o\n-1\n{root}\n", "o\n1\n{root}", "o\n1\nAAAA\n",
        "o\n1\n{root}\nextension\n", "o\n1\n{root}\n\n", "o\n1 \n{root}\n", "o\n٣\n{root}\n",
        "o\n9223372036854775808\n{root}\n",
    ],
)  # fmt: skip
def test_anything_else_is_no_checkpoint(text: str) -> None:
    with pytest.raises(CorruptData):
        checkpoint_of(text.format(root="A" * 43 + "="))


def test_requests_of_another_log_are_read_to_the_byte() -> None:
    for each in LITEWITNESS:
        asked = add_checkpoint_of(each["body"].encode())
        assert asked.body.decode() == each["body"]


@pytest.mark.parametrize(
    "body",
    [
        b"", b"old 1", b"old 1\n\n"[:-1], b"old 01\n\nx", b"new 1\n\nx", b"old  1\n\nx", b"old -1\n\nx",
        b"old 1\nAAAA\n\nx", b"old 1\n" + b"A" * 43 + b"\n\nx", b"old 1\n" + (b"A" * 43 + b"=\n") * 64 + b"\nx",
        b"old 1\n\xff\n\nx",
    ],
)  # fmt: skip
def test_anything_else_is_no_request(body: bytes) -> None:
    with pytest.raises(CorruptData):
        add_checkpoint_of(body)


@given(st.integers(0, 1 << 62), st.lists(st.binary(min_size=32, max_size=32), max_size=63), st.binary())
def test_requests_go_there_and_back(old: int, proof: list[bytes], note: bytes) -> None:
    asked = AddCheckpoint(old, tuple(proof), note)
    assert add_checkpoint_of(asked.body) == asked


# -- proofs and policies


@pytest.mark.parametrize(
    ("quorum", "spoken", "met"),
    [
        ("quorum none", (), True),
        ("quorum w1", (), False),
        ("quorum w1", (1,), True),
        ("group g 2 w0 w1 w2\nquorum g", (0,), False),
        ("group g 2 w0 w1 w2\nquorum g", (0, 2), True),
        ("group g all w0 w1\nquorum g", (0, 1), True),
        ("group g any w0 w1\ngroup h all g w3\nquorum h", (0, 1), False),
        ("group g any w0 w1\ngroup h all g w3\nquorum h", (1, 3), True),
    ],
)
def test_a_proof_stands_by_the_verifiers_own_policy(quorum: str, spoken: tuple[int, ...], *, met: bool) -> None:
    proof = log_proof_of(proof_of(5, *spoken).text)
    checkpoint, standing = proof.verify(b"record 5", policy_of(policy_text(quorum)))
    assert (checkpoint.size, standing.met) == (20, met)
    assert standing.witnessed == tuple((f"w{each}", TIME_S + each) for each in spoken)


def test_a_proof_of_another_entry_or_log_does_not_hold() -> None:
    policy, proof = policy_of(policy_text("quorum none")), proof_of()
    for entry, changed in (
        (b"record 6", proof),
        (b"record 5", LogProof(4, proof.hashes, proof.note)),
        (b"record 5", LogProof(5, proof.hashes[:-1], proof.note)),
        (b"record 5", LogProof(5, proof.hashes, proof_of(5, size=21).note)),
        (b"record 5", LogProof(5, proof.hashes, proof.note.replace(b"\n20\n", b"\n21\n"))),
    ):
        with pytest.raises(CorruptData):
            changed.verify(entry, policy)


def test_a_log_signs_only_for_its_own_name_and_a_witness_is_no_log() -> None:
    policy = policy_of(policy_text("quorum none"))
    text = Checkpoint("another.example", 1, bytes(32)).text
    for signature in (LOG.sign(text), WITNESSES[0].sign(text, time_s=TIME_S)):
        with pytest.raises(CorruptData) as raised:
            policy.open(sign_note(text, [signature]))
        assert raised.value.code == "unsigned"


@given(st.integers(0, 1 << 62), st.lists(st.binary(min_size=32, max_size=32), max_size=63), st.none() | st.binary())
def test_proofs_go_there_and_back(index: int, hashes: list[bytes], extra: bytes | None) -> None:
    proof = LogProof(index, tuple(hashes), b"note", extra)
    assert log_proof_of(proof.text) == proof


@pytest.mark.parametrize(
    "text",
    [
        "", "c2sp.org/tlog-proof@v2\nindex 1\n\nx", "c2sp.org/tlog-proof@v1\n\nx", "c2sp.org/tlog-proof@v1\nindex 1",
        "c2sp.org/tlog-proof@v1\nindex 01\n\nx", "c2sp.org/tlog-proof@v1\nextra !\nindex 1\n\nx",
        "c2sp.org/tlog-proof@v1\nextra AAAA\n\nx", "c2sp.org/tlog-proof@v1\nindex 1\nAAAA\n\nx",
        "c2sp.org/tlog-proof@v1\nindex 1\nextra AAAA\n\nx", "é\nindex 1\n\nx",
    ],
)  # fmt: skip
def test_anything_else_is_no_proof(text: str) -> None:
    with pytest.raises(CorruptData):
        log_proof_of(text.encode())


@pytest.mark.parametrize(
    "lines",
    [
        "", "quorum w9", "quorum w0\nquorum w0", "group g 3 w0 w1\nquorum g", "group g 0 w0\nquorum g",
        "group g all\nquorum w0", "group g all w0 w0\nquorum g", "group g any w0\ngroup h any w0\nquorum h",
        "group w1 any w0\nquorum w1", "group none any w0\nquorum none", "group g any none\nquorum g", "nonsense",
        "group g any h\ngroup h any w0\nquorum g", "witness w7 {again}\nquorum w7", "log {again}\nquorum none",
        "witness w8 {log}\nquorum none", "log\nquorum none", "quorum\x01 none", "group g 01 w0\nquorum g",
    ],
)  # fmt: skip
def test_a_policy_that_says_nothing_clear_is_refused_with_its_line(lines: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        policy_of(policy_text(lines.format(again=WITNESSES[0].key, log=LOG.key)))
    assert raised.value.code == "tlog_policy"


def test_white_space_and_comments_are_nothing() -> None:
    policy = policy_of(f"\t#\tc\n\n  log\t{LOG.key}  \nquorum   none\n")
    assert (len(policy.logs), policy.quorum) == (1, "none")
