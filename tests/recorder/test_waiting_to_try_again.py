"""Waits between connections."""

from haidang.recorder.backoff import Backoff


def waits(count: int, random: float, *, refused: bool = False) -> list[float]:
    backoff = Backoff(lambda: random)
    return [backoff.next_s(ask_rarely=refused) for _ in range(count)]


def test_the_first_retry_is_fast_and_waits_grow_to_ten_seconds() -> None:
    longest = waits(8, 0.999999)
    assert longest[0] <= 0.5
    assert longest == sorted(longest)
    assert 9.9 < longest[-1] <= 10.0


def test_jitter_takes_off_a_quarter_at_most() -> None:
    for least, most in zip(waits(8, 0.0), waits(8, 0.999999), strict=True):
        assert 0.74 * most < least < most


def test_refused_credentials_wait_long_from_the_first_time_on() -> None:
    assert waits(7, 0.0, refused=True)[0] >= 7.5
    assert waits(7, 0.999999, refused=True)[-1] > 250


def test_after_a_working_session_waits_begin_anew() -> None:
    backoff = Backoff(lambda: 0.0)
    first = backoff.next_s()
    for _ in range(5):
        backoff.next_s()
    backoff.worked()
    assert backoff.next_s() == first


def test_a_camera_that_was_away_and_then_refuses_waits_as_for_a_first_refusal() -> None:
    backoff = Backoff(lambda: 0.0)
    for _ in range(8):
        backoff.next_s()
    assert backoff.next_s(ask_rarely=True) == 7.5
