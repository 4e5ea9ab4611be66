"""Signed notes: published signatures, malformed notes, keys of one spelling, and a witness's time."""

from __future__ import annotations

import base64
import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from core.tlog.trees import grown, records
from haidang.core.errors import CorruptData
from haidang.core.tlog.checkpoints import Checkpoint
from haidang.core.tlog.merkle import root_of
from haidang.core.tlog.notes import (
    COSIGNATURE,
    ED25519,
    Signer,
    from_base64,
    key_of,
    open_note,
    parse_note,
    sign_note,
    signature_line,
)

EXAMPLE = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
ENOCH = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
PETERS = "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
ENOCHS = "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n"


def refused(data: bytes, *vkeys: str) -> str:
    with pytest.raises(CorruptData) as raised:
        open_note(data, [key_of(vkey) for vkey in vkeys])
    return raised.value.code


def test_a_published_note_opens() -> None:
    made = "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM="
    note = f"This is an example message.\n\n— example.com/foo {made}\n"
    assert open_note(note.encode(), [key_of(EXAMPLE)]).text == "This is an example message.\n"
    assert str(key_of(EXAMPLE)) == EXAMPLE


def test_known_signatures_are_verified_and_unknown_ones_passed_over() -> None:
    note = (TEXT + "\n" + PETERS + ENOCHS).encode()
    assert [each.key.name for each in open_note(note, [key_of(PETER)]).verified] == ["PeterNeumann"]
    both = open_note(note, [key_of(PETER), key_of(ENOCH)])
    assert [each.key.name for each in both.verified] == ["PeterNeumann", "EnochRoot"]
    assert refused(note) == "unsigned"
    assert refused((TEXT + "\n" + PETERS[:60] + "ABCD" + PETERS[60:]).encode(), PETER) == "signature"
    assert refused((TEXT.replace("know", "knew") + "\n" + PETERS).encode(), PETER) == "signature"
    twice = (TEXT + "\n" + PETERS * 2 + ENOCHS).encode()
    assert len(open_note(twice, [key_of(PETER)]).verified) == 1


@pytest.mark.parametrize(
    "note",
    [
        TEXT, TEXT + "\n", TEXT + "\n" + PETERS[:-1], "\x01" + TEXT + "\n" + PETERS, TEXT + "\r\n\n" + PETERS,
        TEXT + "\n" + PETERS.replace("PeterNeumann", "Bad Name"), TEXT + "\n" + PETERS + "Unexpected line.\n",
        TEXT + "\n" + PETERS * 101, TEXT + "\n" + PETERS.replace("— ", "- "),
        TEXT + "\n" + PETERS.replace("AM=", "AN="),
        TEXT + "\n" + PETERS.replace("PeterNeumann", "Peter+Neumann"), TEXT + "\n— PeterNeumann x08goA==\n"[:-2] + "\n",
        TEXT + "\n" + PETERS.replace("PeterNeumann", "Peter\u00a0Neumann"), "",
    ],
)  # fmt: skip
def test_malformed_notes_are_refused(note: str) -> None:
    assert refused(note.encode(), PETER) == "note"
    assert refused(b"\xff" + note.encode(), PETER) == "note"


def test_lines_end_at_line_feeds_alone() -> None:
    text = "one\u0085two\u2028three\n"
    assert parse_note(sign_note(text, [SIGNER.sign(text)])).text == text


@given(st.integers(0, len(PETER) - 1), st.characters(codec="ascii"))
def test_a_key_has_one_spelling(at: int, letter: str) -> None:
    changed = PETER[:at] + letter + PETER[at + 1 :]
    if changed != PETER:
        with pytest.raises(CorruptData):
            key_of(changed)


@pytest.mark.parametrize(
    "vkey",
    [
        "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==",
        "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", "", "a+b", "+c74f20a3+ARpc2Q==",
    ],
)  # fmt: skip
def test_keys_of_other_lengths_and_kinds_are_refused(vkey: str) -> None:
    with pytest.raises(CorruptData):
        key_of(vkey)


def test_base64_has_one_spelling() -> None:
    assert from_base64("AAA=") == b"\0\0"
    assert [from_base64(text) for text in ("AAB=", "AAA", "AA A=", "AAA=\n", "AA-_", "é")] == [None] * 6


SEED = hashlib.sha256(b"skylight test mirror key").digest()
SIGNER = Signer.of("haidang.example", ED25519, Ed25519PrivateKey.from_private_bytes(bytes(32)))


def test_a_cosignature_is_the_published_one_to_the_byte() -> None:
    mirror = Signer.of("mirror.example.org", COSIGNATURE, Ed25519PrivateKey.from_private_bytes(SEED))
    _edge, nodes = grown(records(300))
    checkpoint = Checkpoint("rome2026h1.example.org", 300, root_of(300, nodes))
    assert checkpoint.text.split("\n")[2] == "gw31yQrqZZCcEOPrzX+bpy3nJ6QgngTKn8G1m0i62uU="
    assert str(mirror.key) == "mirror.example.org+3fb148ef+BAAjjch9GyYz0sJsJx7ALhbdAtz2ov0unbzSl1vMp94O"
    signature = mirror.sign(checkpoint.text, time_s=1_767_139_200)
    assert signature_line(signature).split(" ")[2].strip() == (
        "P7FI7wAAAABpVGeAjA1S4pJm6MbcXjX7UUImu4azZtrfcVW2uyr/LXIYlwEJzXC0N0EiZkbqfLdXt/4gVEEuGmxJjAfXKMCISpsJAg=="
    )
    opened = open_note(sign_note(checkpoint.text, [signature]), [mirror.key])
    assert [each.time_s for each in opened.verified] == [1_767_139_200]
    later = signature.made[:7] + bytes([signature.made[7] ^ 1]) + signature.made[8:]
    with pytest.raises(CorruptData):
        mirror.key.verify(checkpoint.text, later)
    with pytest.raises(CorruptData):
        mirror.key.verify(checkpoint.text, b"\x80" + bytes(71))
    with pytest.raises(CorruptData):
        mirror.key.verify(checkpoint.text, signature.made[8:])


@given(st.binary(max_size=300))
def test_no_bytes_do_more_than_be_refused(data: bytes) -> None:
    for each in (data, b"a\n\n" + data, PETERS.encode() + data, TEXT.encode() + b"\n" + PETERS.encode() + data):
        try:
            parse_note(each)
        except CorruptData as error:
            assert error.code == "note"  # noqa: PT017 - it may be one, too


def test_a_signature_of_another_key_under_the_same_name_is_passed_over() -> None:
    other = Signer.of("PeterNeumann", ED25519, Ed25519PrivateKey.from_private_bytes(bytes(32)))
    note = (TEXT + "\n" + signature_line(other.sign(TEXT)) + PETERS).encode()
    assert [each.key.id.hex() for each in open_note(note, [key_of(PETER)]).verified] == ["c74f20a3"]
    assert base64.b64decode(PETERS.split(" ")[2])[:4].hex() == "c74f20a3"
