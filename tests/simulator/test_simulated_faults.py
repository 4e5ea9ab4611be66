"""The one grammar of faults."""

import pytest

from haidang.core.errors import InvalidInput
from haidang.simulator.faults import Fault, fault_from_query, make_fault


def test_a_kind_without_a_value_takes_its_usual_one() -> None:
    assert make_fault("drop") == Fault("drop", "0.05")
    assert make_fault("refuse").value == "503"


def test_a_query_without_a_fault_is_no_fault() -> None:
    assert fault_from_query({"auth": "basic"}) is None


def test_a_query_says_kind_value_start_and_length() -> None:
    query = {"fault": "rtp-jump", "value": "-2", "at": "3", "for": "5"}
    assert fault_from_query(query) == Fault("rtp-jump", "-2", 3.0, 5.0)


@pytest.mark.parametrize(
    ("kind", "value"),
    [("explode", ""), ("hang", "3"), ("drop", "1.5"), ("drop", "nan"), ("refuse", "500"), ("bitrate", "medium")],
)
def test_what_it_cannot_do_is_refused_by_name(kind: str, value: str) -> None:
    with pytest.raises(InvalidInput, match="couldn't") as refused:
        make_fault(kind, value)
    assert refused.value.code == "fault"


@pytest.mark.parametrize("query", [{"at": "x"}, {"at": "-1"}, {"for": "inf"}, {"for": "-1"}])
def test_a_query_with_a_bad_number_is_refused(query: dict[str, str]) -> None:
    with pytest.raises(InvalidInput):
        fault_from_query({"fault": "hang"} | query)


def test_a_fault_holds_from_its_start_for_its_length() -> None:
    fault = make_fault("hang", at_s=3, for_s=2)
    assert [fault.active(second) for second in (2.9, 3, 4.9, 5)] == [False, True, True, False]
    assert not fault.over(4.9)
    assert fault.over(5)


def test_a_fault_without_a_length_holds_until_it_is_cleared() -> None:
    assert make_fault("freeze").active(1e6)
    assert not make_fault("freeze").over(1e6)
