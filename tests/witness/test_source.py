"""The mirror's way to the host: what comes is a stranger's, so it is bounded in size and time and never followed."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests
from requests.adapters import BaseAdapter
from urllib3 import HTTPResponse
from urllib3.exceptions import ProtocolError

from haidang.core.errors import CorruptData, NotFound, Unavailable
from haidang.core.tlog.tiles import ENTRIES, Tile
from haidang.witness.source import MAX_BUNDLE_BYTES, FolderSource, HttpSource

URL = "https://host.example/api/v1/logs/record"


class Wire(BaseAdapter):
    """Answers in place of a network, and keeps what was asked."""

    def __init__(self, answer: Callable[[], HTTPResponse]) -> None:
        super().__init__()
        self.asked: list[requests.PreparedRequest] = []
        self.options: list[dict[str, Any]] = []
        self._answer = answer

    def send(self, request: requests.PreparedRequest, *_args: Any, **options: Any) -> requests.Response:
        self.asked.append(request)
        self.options.append(options)
        return requests.adapters.HTTPAdapter().build_response(request, self._answer())

    def close(self) -> None: ...


def answering(
    body: bytes | io.RawIOBase, status: int = 200, headers: dict[str, str] | None = None
) -> Callable[[], HTTPResponse]:
    return lambda: HTTPResponse(
        io.BytesIO(body) if isinstance(body, bytes) else body, headers, status, preload_content=False
    )


@pytest.fixture
def token(tmp_path: Path) -> Path:
    path = tmp_path / "log.token"
    path.write_text("hdt_secret\n", encoding="ascii")
    path.chmod(0o600)
    return path


def source_of(wire: Wire, token: Path) -> HttpSource:
    session = requests.Session()
    session.mount("https://", wire)
    return HttpSource(URL, token, _session=session)


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604])
def test_a_token_that_others_can_read_opens_nothing(token: Path, mode: int) -> None:
    token.chmod(mode)
    wire = Wire(answering(b"x" * 32))
    with pytest.raises(Unavailable) as error:
        source_of(wire, token).tile(Tile(0, 0, 1))
    assert error.value.code == "key_open"
    assert f"chmod 600 {token}" in str(error.value)
    assert not wire.asked


def test_a_tile_is_asked_for_by_its_path_and_the_token(token: Path) -> None:
    wire = Wire(answering(b"x" * 32))
    source = source_of(wire, token)
    assert source.tile(Tile(0, 1_234_067, 1)) == b"x" * 32
    request = wire.asked[0]
    assert request.url == f"{URL}/tile/0/x001/x234/067.p/1"
    assert request.headers["Authorization"] == "Bearer hdt_secret"
    assert request.headers["Accept-Encoding"] == "identity"
    assert wire.options[0]["timeout"] == (3.0, 10.0)
    assert wire.options[0]["verify"]
    token.write_text("hdt_another", encoding="ascii")
    source.tile(Tile(0, 0, 1))
    assert wire.asked[1].headers["Authorization"] == "Bearer hdt_another"


def test_samples_are_asked_for_in_one_request(token: Path) -> None:
    wire = Wire(answering(b"{}", 202))
    source_of(wire, token).ask([3, 5])
    assert (wire.asked[0].method, wire.asked[0].url) == ("POST", f"{URL}/samples")
    assert wire.asked[0].body == b'{"indices": [3, 5]}'


@pytest.mark.parametrize("status", [301, 302, 307, 400, 401, 403, 429, 500, 503])
def test_anything_but_an_answer_is_a_host_that_is_away(token: Path, status: int) -> None:
    wire = Wire(answering(b"x", status, {"location": "https://elsewhere.example/"}))
    with pytest.raises(Unavailable) as error:
        source_of(wire, token).checkpoint()
    assert error.value.code == "log_unreachable"
    assert len(wire.asked) == 1, "no redirection is followed"


def test_a_file_that_the_log_lacks_is_another_thing(token: Path, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        source_of(Wire(answering(b"x", 404)), token).tile(Tile(0, 0))
    with pytest.raises(NotFound):
        FolderSource(tmp_path / "none").checkpoint()
    with pytest.raises(NotFound):
        FolderSource(tmp_path / "none").tile(Tile(0, 0))


@pytest.mark.parametrize(
    ("tile", "most"), [(Tile(0, 0), 8192), (Tile(2, 0, 3), 96), (Tile(ENTRIES, 0), MAX_BUNDLE_BYTES)]
)
def test_nothing_longer_than_its_kind_is_read(token: Path, tile: Tile, most: int) -> None:
    assert len(source_of(Wire(answering(bytes(most))), token).tile(tile)) == most
    with pytest.raises(CorruptData) as error:
        source_of(Wire(answering(bytes(most + 1))), token).tile(tile)
    assert error.value.code == "mirror_bytes"


def test_an_answer_without_end_is_left(token: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = iter(range(1000))
    monkeypatch.setattr("haidang.witness.source.time.monotonic", lambda: float(next(now)))

    class Dripping(io.RawIOBase):
        """One byte a second."""

        def readable(self) -> bool:
            return True

        def read(self, _size: int = -1) -> bytes:
            return b"x"

    with pytest.raises(Unavailable) as error:
        source_of(Wire(answering(Dripping())), token).tile(Tile(ENTRIES, 0))
    assert "takes too long" in str(error.value)


def test_nothing_is_unpacked(token: Path) -> None:
    wire = Wire(answering(b"\x1f\x8bpacked", 200, {"content-encoding": "gzip"}))
    assert source_of(wire, token).tile(Tile(ENTRIES, 0)) == b"\x1f\x8bpacked"


@pytest.mark.parametrize("error", [OSError("reset"), requests.ConnectionError(), ProtocolError("cut")])
def test_a_line_that_breaks_is_a_host_that_is_away(token: Path, error: Exception) -> None:
    def broken() -> HTTPResponse:
        raise error

    with pytest.raises(Unavailable):
        source_of(Wire(broken), token).checkpoint()


def test_without_a_token_nothing_is_asked(token: Path) -> None:
    wire = Wire(answering(b"x"))
    token.unlink()
    with pytest.raises(Unavailable):
        source_of(wire, token).checkpoint()
    assert not wire.asked


def test_a_folder_hashes_nothing(tmp_path: Path) -> None:
    with pytest.raises(Unavailable):
        FolderSource(tmp_path).ask([1])
