"""Lists for spreadsheets: cells that cannot calculate, and a signature of the bytes as they lie."""

from __future__ import annotations

import csv
import io

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from haidang.core.errors import CorruptData
from haidang.core.signed_list import ListStatement, csv_lines, safe_cell, sign_list, statement_of
from haidang.core.tlog.notes import ED25519, Signer

SIGNER = Signer.of("haidang.local/0123456789abcdef/papers", ED25519, Ed25519PrivateKey.from_private_bytes(bytes(32)))
STATEMENT = ListStatement("list.csv", "ab" * 32, 412, "2026-11-25T10:00:00+07:00", "all 2026-11-19/2026-11-25")


@given(
    st.lists(
        st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40), min_size=1
    )
)
def test_no_cell_begins_like_a_formula_and_nothing_of_it_is_lost(cells: list[str]) -> None:
    [read] = csv.reader(io.StringIO(csv_lines([cells]), newline=""))
    for cell, back in zip(cells, read, strict=True):
        assert not back.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r"))
        assert back in (cell, f"'{cell}")


@pytest.mark.parametrize("cell", ["=1+1", "+84 90", "-2", "@SUM(A1)", "\t=1", "  =1"])
def test_a_cell_that_would_calculate_gets_an_apostrophe(cell: str) -> None:
    assert safe_cell(cell) == f"'{cell}"


def test_a_statement_is_read_back_by_its_key_alone() -> None:
    note = sign_list(STATEMENT, SIGNER)
    assert statement_of(note, SIGNER.key) == STATEMENT
    other = Signer.of("haidang.local/0123456789abcdef/papers", ED25519, Ed25519PrivateKey.from_private_bytes(b"x" * 32))
    with pytest.raises(CorruptData):
        statement_of(note, other.key)
    with pytest.raises(CorruptData):
        statement_of(note.replace(b"rows 412", b"rows 411"), SIGNER.key)


@pytest.mark.parametrize(
    ("old", "new"), [("rows 412", "rows -1"), ("sha256", "sha512"), ("signed-list/v1", "other/v1")]
)
def test_another_text_of_the_same_key_is_no_list(old: str, new: str) -> None:
    class Other(ListStatement):
        @property
        def text(self) -> str:
            return super().text.replace(old, new)

    note = sign_list(Other(*(getattr(STATEMENT, name) for name in STATEMENT.__slots__)), SIGNER)
    with pytest.raises(CorruptData) as error:
        statement_of(note, SIGNER.key)
    assert error.value.code == "signed_list"
