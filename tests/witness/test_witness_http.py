"""The witness over HTTP and from its folder: as a department sets it up, asks it, and reads its page."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from haidang.cli.main import main
from haidang.core.errors import Conflict, CorruptData, InvalidInput
from haidang.core.tlog.checkpoints import AddCheckpoint, monitoring_path
from haidang.core.tlog.notes import key_of, open_note
from haidang.witness.app import create_app
from haidang.witness.service import SIZE_TYPE, Witness
from haidang.witness.setup import make_witness, read_signer, read_witness
from haidang.witness.store import WitnessStore
from witness.test_witness_answers import LOG, ORIGIN, START_S, signed


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    make_witness(tmp_path / "w", "witness.example", [str(LOG.key)])
    return tmp_path / "w"


class Asking:
    """Asks the application in this process, without a socket."""

    def __init__(self, app: Any) -> None:
        self._transport = httpx.ASGITransport(app=app)

    def get(self, path: str) -> httpx.Response:
        return asyncio.run(self._ask("GET", path))

    def post(self, path: str, content: bytes) -> httpx.Response:
        return asyncio.run(self._ask("POST", path, content))

    async def _ask(self, method: str, path: str, content: bytes = b"") -> httpx.Response:
        async with httpx.AsyncClient(transport=self._transport, base_url="http://witness") as client:
            return await client.request(method, path, content=content)


def client(folder: Path, *, at_s: int = START_S) -> Asking:
    settings = read_witness(folder)
    store = WitnessStore(folder / "witness.sqlite3")
    witness = Witness(read_signer(folder, settings.name), settings.keys(), store, lambda: at_s)
    return Asking(create_app(witness, silence_s=settings.silence_s))


def test_two_commands_set_it_up(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["witness", "init", str(tmp_path / "w"), "--name", "witness.example", "--log", str(LOG.key)]
    assert main([*words, "--json"]) == 0
    vkey = json.loads(capsys.readouterr().out)["vkey"]
    assert read_signer(tmp_path / "w", "witness.example").key == key_of(vkey)
    assert read_witness(tmp_path / "w").keys() == {ORIGIN: [LOG.key]}
    assert main(words) != 0
    assert "already" in capsys.readouterr().err


def test_it_answers_as_the_specification_says(folder: Path) -> None:
    asking, note = client(folder), signed(5)
    body = AddCheckpoint(0, (), note).body
    answer = asking.post("/add-checkpoint", content=body)
    assert answer.status_code == 200
    key = read_signer(folder, "witness.example").key
    assert open_note(note + answer.content, [key]).verified
    again = asking.post("/add-checkpoint", content=body)
    assert (again.status_code, again.text, again.headers["content-type"]) == (409, "5\n", SIZE_TYPE)
    shown = asking.get(f"/{monitoring_path(ORIGIN)}")
    assert shown.content.startswith(note.partition(b"\n\n")[0])
    assert asking.get("/0/checkpoint").status_code == 404
    assert asking.post("/add-checkpoint", content=b"x" * 300_000).status_code == 413
    assert asking.get("/add-checkpoint").status_code == 405


def test_its_page_and_health_tell_silence_and_contradiction(folder: Path) -> None:
    silent = client(folder)
    assert "im lặng" in silent.get("/").text
    assert silent.get("/healthz").status_code == 503
    silent.post("/add-checkpoint", content=AddCheckpoint(0, (), signed(5)).body)
    assert "Bình thường" in silent.get("/").text
    assert silent.get("/healthz").status_code == 200
    silent.post("/add-checkpoint", content=AddCheckpoint(5, (), signed(5, leaves=[b"x"] * 5)).body)
    page = silent.get("/")
    assert "tự mâu thuẫn, lưu 1 bằng chứng" in page.text
    assert "script" not in page.text
    assert silent.get("/healthz").text == ORIGIN


@pytest.mark.parametrize(
    ("name", "logs", "error"),
    [("bad name", [], InvalidInput), ("w", ["junk"], CorruptData), ("w+x", [], InvalidInput)],
)
def test_a_witness_that_cannot_be_is_not_begun(
    tmp_path: Path, name: str, logs: list[str], error: type[Exception]
) -> None:  # fmt: skip
    with pytest.raises(error):
        make_witness(tmp_path / "w", name, logs)
    assert not (tmp_path / "w").exists()


def test_its_key_is_its_owners_alone(folder: Path) -> None:
    assert (folder / "witness.key").stat().st_mode & 0o077 == 0
    (folder / "witness.key").chmod(0o644)
    with pytest.raises(CorruptData):
        read_signer(folder, "witness.example")
    with pytest.raises(Conflict):
        make_witness(folder, "witness.example", [])


@pytest.mark.parametrize(
    "text", ["", "name = 1", 'name = "w"\nlogs = ["junk"]', 'name = "w"\nlogs = []\nfoo = 1', "x ="]
)
def test_settings_that_say_nothing_clear_are_refused(folder: Path, text: str) -> None:
    (folder / "witness.toml").write_text(text, encoding="utf-8")
    with pytest.raises((InvalidInput, CorruptData)):
        read_witness(folder)
