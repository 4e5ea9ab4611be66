"""Addresses as people configure them and as SDP bends them."""

import pytest

from haidang.core.errors import InvalidInput
from haidang.core.rtsp import RtspProtocolError
from haidang.core.rtsp.address import choose_base, parse_address, resolve

DAHUA = "rtsp://10.0.0.1/cam/realmonitor?channel=1&subtype=0"


@pytest.mark.parametrize(
    ("url", "bare", "username", "password"),
    [
        ("rtsp://cam/live", "rtsp://cam/live", "", ""),
        ("rtsps://user:p%3Aw@cam:322/a?b=1#c", "rtsps://cam:322/a?b=1", "user", "p:w"),
        ("rtsp://user@[::1]:554/", "rtsp://[::1]:554/", "user", ""),
        ("rtsp://u:a@b@cam/", "rtsp://cam/", "u", "a@b"),
    ],
)
def test_user_information_is_taken_out(url: str, bare: str, username: str, password: str) -> None:
    address = parse_address(url)
    assert (address.url, address.username, address.password) == (bare, username, password)
    assert "p:w" not in repr(address)


@pytest.mark.parametrize(
    "url", ["", "http://cam/", "cam", "rtsp://", "rtsp://u:geheim@cam:x/", "rtsp://cam/a b", "rtsp://cam/\r\nX: y"]
)
def test_what_is_no_address_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        parse_address(url)
    assert "geheim" not in str(caught.value)


@pytest.mark.parametrize(
    ("base", "control", "url"),
    [
        ("rtsp://cam/live", "track1", "rtsp://cam/live/track1"),
        ("rtsp://cam/live/", "track1", "rtsp://cam/live/track1"),
        ("rtsp://cam/live/", "/track1", "rtsp://cam/live/track1"),
        ("rtsp://cam/live", "", "rtsp://cam/live"),
        ("rtsp://cam/live", "*", "rtsp://cam/live"),
        ("rtsp://cam/live", "rtsp://10.0.0.1:8554/live/1", "rtsp://10.0.0.1:8554/live/1"),
        ("rtsp://cam/live", "RTSP://u:p@cam/1", "rtsp://cam/1"),
        ("rtsp://cam/live", "trackID=1?x=2&y=3", "rtsp://cam/live/trackID=1?x=2&y=3"),
        (DAHUA + "/", "trackID=0", DAHUA + "/trackID=0"),
        ("rtsp://cam/live", "?ctype=video", "rtsp://cam/live?ctype=video"),
    ],
)
def test_controls_are_resolved_as_cameras_mean_them(base: str, control: str, url: str) -> None:
    assert resolve(base, control) == url


@pytest.mark.parametrize("control", ["a b", "a\tb", "\u0111", "x" * 3000])
def test_a_control_that_could_break_a_request_is_refused(control: str) -> None:
    with pytest.raises(RtspProtocolError):
        resolve("rtsp://cam/live", control)


def test_the_first_absolute_base_counts() -> None:
    assert choose_base("", "/live/", "rtsp://cam/") == "rtsp://cam/"
    assert choose_base("rtsp://cam/a/", "rtsp://cam/b/", "rtsp://cam/") == "rtsp://cam/a/"
