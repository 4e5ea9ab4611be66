from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haidang.core.camera_list import CameraList, ListedCamera, check_stream_url, dump_camera_list, parse_camera_list
from haidang.core.errors import InvalidInput
from haidang.core.units import WallUs

CAMERA = ListedCamera("cam-1", "de-gi", "rtsp://10.0.0.5:554/main", None, "admin", "v1.a.b")
LIST = CameraList(WallUs(5), (CAMERA, ListedCamera("cam-2", "de-gi", "rtsps://h/1", "rtsps://h/2", ingest="libav")))


def test_a_list_reads_back_as_it_was_written() -> None:
    assert parse_camera_list(dump_camera_list(LIST)) == LIST


@given(st.text(max_size=100))
def test_any_text_is_invalid_input(text: str) -> None:
    with pytest.raises(InvalidInput):
        parse_camera_list(text)


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", "null", "[" * 100_000, '{"published_at": 1e999, "cameras": []}', '{"cameras": [5]}']
)
def test_broken_lists_are_invalid_input(text: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        parse_camera_list(text)
    assert caught.value.code == "camera_list"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(st.sampled_from(["camera", "site", "main_url", "sub_url", "username", "ingest", "tls_sha256"]), json_values)
def test_a_value_of_another_kind_is_named(name: str, value: Any) -> None:
    data = json.loads(dump_camera_list(LIST))
    data["cameras"][0][name] = value
    try:
        parsed = parse_camera_list(json.dumps(data))
    except InvalidInput:
        return
    assert getattr(parsed.cameras[0], name) == value
    assert value is None or isinstance(value, str)


def test_a_camera_twice_is_refused_by_name() -> None:
    with pytest.raises(InvalidInput, match="cam-1"):
        parse_camera_list(dump_camera_list(CameraList(WallUs(5), (CAMERA, CAMERA))))


def test_an_unknown_field_is_refused() -> None:
    data = json.loads(dump_camera_list(LIST))
    data["cameras"][0]["password"] = "x"
    with pytest.raises(InvalidInput):
        parse_camera_list(json.dumps(data))


@pytest.mark.parametrize("url", ["rtsp://10.0.0.5/", "rtsps://cam.example.vn:322/a?b=c", "rtsp://[::1]:8554/x"])
def test_addresses_that_are_taken(url: str) -> None:
    assert check_stream_url(url) == url


@pytest.mark.parametrize("url", ["", "http://h/", "rtsp:///x", "rtsp://h:0/", "rtsp://h:99999/", "rtsp://[", "h:554"])
def test_addresses_that_are_not(url: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        check_stream_url(url)
    assert caught.value.code == "invalid_stream_url"


@pytest.mark.parametrize("url", ["rtsp://u:secret@h/", "rtsp://u@h/", "rtsp://h/a b", "rtsp://h/\x7f\n"])
def test_credentials_and_spaces_have_no_place_in_an_address(url: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        check_stream_url(url)
    assert caught.value.code == "credentials_in_url"
    assert "secret" not in str(caught.value)


def test_a_refused_address_is_shown_without_its_password() -> None:
    with pytest.raises(InvalidInput) as caught:
        check_stream_url("http://u:secret@h/")
    assert "secret" not in str(caught.value)
