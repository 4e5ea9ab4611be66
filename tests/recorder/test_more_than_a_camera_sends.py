"""Floods of bytes, pictures and formats: the connection ends, and the camera is left alone for a while."""

import pytest

from haidang.core.journal import GapReason
from haidang.recorder.excess import MAX_BYTES, MAX_FORMATS, MAX_PICTURES, WINDOW_US, Excess, TooMuch
from haidang.recorder.failures import failure_of

MIB = 1024 * 1024


def test_bytes_of_one_window_are_bounded() -> None:
    excess = Excess()
    for _ in range(MAX_BYTES // MIB):
        excess.picture(MIB, 1)
    assert not excess.found
    with pytest.raises(TooMuch):
        excess.picture(1, WINDOW_US)
    assert excess.found


def test_pictures_of_one_window_are_bounded() -> None:
    excess = Excess()
    for _ in range(MAX_PICTURES):
        excess.picture(20, 1)
    with pytest.raises(TooMuch):
        excess.picture(20, 1)


def test_formats_of_one_window_are_bounded() -> None:
    excess = Excess()
    for _ in range(MAX_FORMATS):
        excess.format_changed(1)
    with pytest.raises(TooMuch):
        excess.format_changed(1)


def test_a_fast_camera_goes_on_for_ever() -> None:
    excess = Excess()
    for number in range(60 * 100):  # 100 s of 60 pictures a second, 80 Mbit/s, parameter sets changing each second
        at_us = number * 1_000_000 // 60
        excess.picture(80_000_000 // 8 // 60, at_us)
        if number % 60 == 0:
            excess.format_changed(at_us)
    assert not excess.found


def test_it_is_a_bad_stream_that_is_asked_rarely() -> None:
    failure = failure_of(TooMuch("too much", code="too_many_formats"), connected=True)
    assert failure.cause.reason is GapReason.BAD_STREAM
    assert failure.cause.detail == "too_many_formats"
    assert failure.ask_rarely
    assert failure.foreseen
