"""When a request counts as whole, and what is refused before anything is kept of it."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haidang.config.patient_worker import MAX_BODY_BYTES, MAX_HEAD_BYTES, Arrival, Refused

POST = b"POST /dang-nhap HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nabcde"


def refusal(request: bytes) -> str:
    with pytest.raises(Refused) as refused:
        Arrival().take(request)
    return str(refused.value)


@given(st.lists(st.integers(1, len(POST) - 1), max_size=6))
def test_a_request_is_whole_with_its_last_byte_however_it_is_cut(cuts: list[int]) -> None:
    edges = [0, *sorted(set(cuts)), len(POST)]
    arrival = Arrival()
    whole = [arrival.take(POST[start:end]) for start, end in pairwise(edges)]
    assert whole == [False] * (len(whole) - 1) + [True]
    assert arrival.received == POST


def test_a_request_without_a_body_is_whole_with_its_head() -> None:
    assert Arrival().take(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    assert not Arrival().take(b"GET / HTTP/1.1\r\nHost: x\r\n")


def test_what_follows_a_whole_request_is_kept_with_it() -> None:
    arrival = Arrival()
    assert arrival.take(POST + b"GET")
    assert arrival.received == POST + b"GET"


@pytest.mark.parametrize("length", [str(MAX_BODY_BYTES + 1), "2000000000", "9" * 5000])
def test_a_large_body_is_refused_by_its_head(length: str) -> None:
    assert refusal(f"POST / HTTP/1.1\r\ncontent-LENGTH : {length}\r\n\r\n".encode()).startswith("413")


def test_a_body_of_unknown_length_is_refused() -> None:
    assert refusal(b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n").startswith("411")


def test_a_head_without_end_is_refused() -> None:
    assert refusal(b"GET / HTTP/1.1\r\nA: " + b"b" * MAX_HEAD_BYTES).startswith("431")
