"""The proof of a row: what is read back is what was written, and nothing else is read."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haidang.core.errors import CorruptData
from haidang.core.log_entries import Act, commitment, entry_bytes
from haidang.core.row_proof import RowProof, row_proof_of_text
from haidang.core.tlog.policies import Policy
from haidang.core.tlog.proofs import LogProof

ROW = b'{"id":7,"at":1,"actor":"Account::\\"a\\""}'
SALT = bytes(range(32))
ENTRY = entry_bytes(Act(7, commitment(SALT, ROW)))
PROOF = RowProof(ROW, SALT, ENTRY, LogProof(0, (), b"origin\n1\nAAAA\n\n\xe2\x80\x94 origin AAAAAA==\n"))
NOBODY = Policy((), (), {}, "none")


def test_a_file_is_read_back_as_it_was_written() -> None:
    assert row_proof_of_text(PROOF.text) == PROOF
    assert PROOF.commits


@pytest.mark.parametrize(
    "other",
    [
        RowProof(ROW, SALT[::-1], ENTRY, PROOF.proof),
        RowProof(ROW.replace(b"7", b"8"), SALT, ENTRY, PROOF.proof),
        RowProof(ROW, SALT, entry_bytes(Act(8, commitment(SALT, ROW))), PROOF.proof),
        RowProof(b"[]", SALT, ENTRY, PROOF.proof),
        RowProof(ROW, SALT, b"{}", PROOF.proof),
    ],
)
def test_another_row_salt_number_or_entry_is_not_what_was_logged(other: RowProof) -> None:
    assert not other.commits


@pytest.mark.parametrize("name", ["format", "row", "salt", "entry", "proof"])
def test_a_file_with_a_part_missing_or_strange_is_no_proof(name: str) -> None:
    said = json.loads(PROOF.text)
    for wrong in ({each: said[each] for each in said if each != name}, said | {name: 1}, said | {"more": ""}):
        with pytest.raises(CorruptData):
            row_proof_of_text(json.dumps(wrong).encode())


@given(st.binary(max_size=300))
def test_no_bytes_do_anything_but_raise(data: bytes) -> None:
    with pytest.raises(CorruptData):
        row_proof_of_text(data)


@given(st.text(max_size=200), st.text(max_size=200), st.binary(max_size=200))
def test_whatever_a_file_claims_it_gets_verdicts_and_no_exception(row: str, entry: str, note: bytes) -> None:
    made = RowProof(row.encode("utf-8", "replace"), SALT, entry.encode("utf-8", "replace"), LogProof(1, (), note))
    verdicts = {each.what: each.passed for each in made.verdicts(NOBODY, witnessed=True)}
    assert verdicts["log"] is False
    assert set(verdicts) == {"row", "tree", "log", "witnesses"}
