"""A kept notice is read back equal, and anything else is refused."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haidang.core.errors import CorruptData
from haidang.core.policy import Grant, Notice, Succession, Unit, UnitName, notice_from_json, notice_to_json
from policy.shipped import notice, notice_2025

DAYS = st.dates(date(1990, 1, 1), date(2100, 1, 1))
WORDS = st.text(max_size=12)
NAMES = st.builds(UnitName, WORDS, WORDS, DAYS, DAYS)
UNITS = st.builds(
    Unit, slug=WORDS, name=WORDS, name_en=WORDS, parent=WORDS, role=st.sampled_from(["holder", "office"]),
    aliases=st.lists(WORDS, max_size=2).map(tuple), clause=WORDS, valid_from=st.none() | DAYS,
    valid_to=st.none() | DAYS, focal_person=st.booleans(), names=st.lists(NAMES, max_size=2).map(tuple),
)  # fmt: skip
GRANTS = st.builds(
    Grant, kind=st.sampled_from(["site", "system"]), unit=WORDS, resource=WORDS,
    actions=st.lists(WORDS, max_size=3).map(tuple), purposes=st.lists(WORDS, max_size=3).map(tuple), clause=WORDS,
    document=WORDS, valid_from=DAYS, valid_to=st.none() | DAYS, again=st.booleans(),
)  # fmt: skip
SUCCESSIONS = st.builds(Succession, st.tuples(WORDS, WORDS), st.tuples(WORDS), DAYS, WORDS)


def _kept(about: Notice) -> dict[str, Any]:
    """As the database keeps it."""
    kept: dict[str, Any] = json.loads(json.dumps(notice_to_json(about)))
    return kept


def test_the_shipped_sets_are_read_back_equal() -> None:
    for about in (notice(), notice_2025()):
        assert notice_from_json(_kept(about)) == about


@given(st.lists(UNITS, max_size=3), st.lists(GRANTS, max_size=3), st.lists(SUCCESSIONS, max_size=2))
def test_any_notice_is_read_back_equal(units: list[Unit], grants: list[Grant], steps: list[Succession]) -> None:
    about = replace(notice(), units=tuple(units), grants=tuple(grants), successions=tuple(steps))
    assert notice_from_json(_kept(about)) == about


@pytest.mark.parametrize("version", [None, 0, 3, "1", True, 1.0])
def test_another_version_is_refused(version: object) -> None:
    with pytest.raises(CorruptData, match="version") as refused:
        notice_from_json({**_kept(notice()), "version": version})
    assert refused.value.code == "notice_form"


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("units", None, "units is None, not a list"),
        ("slug", 7, "slug is 7"),
        ("more", 1, "more is unknown"),
        ("grants", [{}], r"grants\[0\].kind is missing"),
        ("grants", ["grant"], r"grants\[0\] is 'grant', not an object"),
    ],
)
def test_a_wrong_field_is_named(field: str, value: object, message: str) -> None:
    with pytest.raises(CorruptData, match=message):
        notice_from_json({**_kept(notice()), field: value})


@pytest.mark.parametrize("day", ["2022-13-01", "20220101", "2022-01-01T00:00:00", 2022, None])
def test_a_wrong_day_is_refused(day: object) -> None:
    kept = _kept(notice())
    kept["grants"][0]["valid_from"] = day
    with pytest.raises(CorruptData, match=r"grants\[0\].valid_from"):
        notice_from_json(kept)


def test_a_word_outside_its_list_is_refused() -> None:
    kept = _kept(notice())
    kept["grants"][0]["kind"] = "all"
    with pytest.raises(CorruptData, match="not one of site, operation, system"):
        notice_from_json(kept)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.sampled_from(sorted(notice_to_json(notice()))), JSON)
def test_any_value_in_a_field_is_read_or_refused(field: str, value: object) -> None:
    with suppress(CorruptData):
        notice_from_json({**_kept(notice()), field: value})
