"""Refusals as RFC 9457 problems: stable codes, and nothing about errors that are ours."""

from __future__ import annotations

import json

import pytest

from haidang.core.errors import Conflict, CorruptData, Denied, Fatal, HaidangError, InvalidInput, NotFound, Unavailable
from haidang.gateway.problems import problem


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (InvalidInput("couldn't a"), 400),
        (Denied("couldn't a", code="ticket_used"), 403),
        (NotFound("couldn't a"), 404),
        (Conflict("couldn't a"), 409),
        (InvalidInput("couldn't a", code="range_not_satisfiable"), 416),
        (InvalidInput("couldn't a", code="method_not_allowed"), 405),
        (Unavailable("couldn't a", code="unchecked"), 503),
    ],
)
def test_each_kind_has_its_status_and_its_words(error: HaidangError, status: int) -> None:
    answer = problem(error)
    body = json.loads(bytes(answer.body))
    assert answer.status_code == status == body["status"]
    assert answer.media_type == "application/problem+json"
    assert (body["code"], body["type"], body["detail"]) == (
        error.code,
        f"urn:haidang:problem:{error.code}",
        "couldn't a",
    )
    assert "clause" not in body


@pytest.mark.parametrize("error", [CorruptData("couldn't read /srv/x"), Fatal("couldn't y"), HaidangError("z")])
def test_what_is_our_fault_is_not_told(error: HaidangError) -> None:
    answer = problem(error)
    assert answer.status_code == 500
    assert str(error) not in bytes(answer.body).decode()


def test_a_deciding_clause_is_named() -> None:
    assert json.loads(bytes(problem(Denied("couldn't", clause="I.2.c")).body))["clause"] == "I.2.c"
