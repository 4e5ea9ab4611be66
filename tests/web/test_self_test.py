"""The self-test: for whoever is signed in; what it downloads is bounded by size, account and number at once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from haidang.accounts.models import LoginSession
from haidang.web.views import self_test
from web.screens import START, a_screen, manager

pytestmark = pytest.mark.usefixtures("port")


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    """A clock that stands, and nobody who has measured yet."""
    with time_machine.travel(START, tick=False) as traveller:
        self_test._budget._taken.clear()
        yield traveller


def test_the_self_test_is_for_people_and_screens_and_for_nobody_else() -> None:
    assert Client().get("/tu-kiem-tra").status_code == 302
    for client in (manager("ca-quy-nhon"), a_screen()):
        page = client.get("/tu-kiem-tra")
        assert page.status_code == 200
        assert page.context["tiles"] == 4
        assert page.content.decode().count("<hd-live") == 1
    supervisor = manager("so-tttt")
    LoginSession.objects.filter(account__username="so-tttt").update(second_factor_at=1)
    assert supervisor.get("/tu-kiem-tra").context["camera"] is None


@pytest.mark.parametrize("kib", ["", "0", "15", "4097", "99999999", "-5", "1e3", "٣٠"])
def test_only_so_many_bytes_are_measured_with(kib: str) -> None:
    assert a_screen().get("/tu-kiem-tra/du-lieu", {"kib": kib}).status_code == 422


def test_bytes_come_whole_incompressible_and_within_an_account_s_budget(clock: time_machine.Traveller) -> None:
    client = a_screen()

    def take() -> Any:
        return client.get("/tu-kiem-tra/du-lieu", {"kib": "4096"})

    body = b"".join(take().streaming_content)
    assert (len(body), len(set(body))) == (4 * 1024 * 1024, 256)
    for _n in range(5):
        answer = take()
        assert answer.status_code == 200
        answer.close()
    assert take().status_code == 429
    clock.shift(timedelta(minutes=11))
    answer = take()
    assert answer.status_code == 200
    answer.close()


def test_two_measure_at_once_and_the_seat_of_one_who_leaves_is_free() -> None:
    client = a_screen()
    first, second, third = (client.get("/tu-kiem-tra/du-lieu", {"kib": "256"}) for _n in range(3))
    assert (first.status_code, second.status_code, third.status_code) == (200, 200, 503)
    first.close()
    fourth = client.get("/tu-kiem-tra/du-lieu", {"kib": "256"})
    assert fourth.status_code == 200
    second.close()
    fourth.close()
