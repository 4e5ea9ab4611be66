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
from haidang.witness.parts import watch_of
from haidang.witness.service import SIZE_TYPE
from haidang.witness.setup import Mirroring, make_witness, read_signer, read_witness
from witness.test_witness_answers import LOG, ORIGIN, START_S, signed

MIRROR = f"""name = "w"
logs = ["{LOG.key}"]
[[mirror]]
log = "{ORIGIN}"
url = "https://x"
token_file = "t"
"""


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
    """Of a witness that was started at ``START_S`` and is asked at ``at_s``."""
    now_s = [START_S]

    def clock_s() -> int:
        return now_s[0]

    watch = watch_of(folder, read_witness(folder), clock_s)
    now_s[0] = at_s
    return Asking(create_app(watch, clock_s))


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
    assert client(folder).get("/healthz").text == "ok", "a log that is new may begin"
    silent = client(folder, at_s=START_S + 61)
    assert "Nhật ký im lặng" in silent.get("/").text
    assert silent.get("/healthz").status_code == 503
    silent.post("/add-checkpoint", content=AddCheckpoint(0, (), signed(5)).body)
    calm = silent.get("/").text
    assert "Bình thường: không có báo động." in calm
    assert "Báo động đã kết thúc" in calm
    assert silent.get("/healthz").text == "ok"
    silent.post("/add-checkpoint", content=AddCheckpoint(5, (), signed(5, leaves=[b"x"] * 5)).body)
    page = silent.get("/")
    assert "Nhật ký tự mâu thuẫn: lưu 1 bằng chứng" in page.text
    assert "<script" not in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert silent.get("/healthz").text == f"contradiction {ORIGIN} {START_S + 61}"


def test_init_takes_a_mirror_for_each_log(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["witness", "init", str(tmp_path / "w"), "--name", "witness.example", "--log", str(LOG.key)]
    url = "https://host.example/api/v1/logs/record"
    assert main([*words, "--mirror", url, "--mirror", url]) != 0
    assert "one --mirror for each --log" in capsys.readouterr().err
    assert main([*words, "--mirror", "http://host.example/api/v1/logs/record"]) != 0
    assert not (tmp_path / "w").exists()
    token = tmp_path / "record.token"
    assert main([*words, "--mirror", f"{url}/", "--token-file", str(token), "--port", "8123"]) == 0
    settings = read_witness(tmp_path / "w")
    (mirror,) = settings.mirrors
    assert (mirror.log, mirror.url, mirror.token_file, mirror.samples) == (ORIGIN, url, token, 4)
    assert settings.port == 8123


def test_a_log_of_acts_is_mirrored_without_samples(tmp_path: Path) -> None:
    mirroring = Mirroring(["https://host.example/api/v1/logs/acts"])
    make_witness(tmp_path / "w", "witness.example", [str(LOG.key)], mirroring)
    assert read_witness(tmp_path / "w").mirrors[0].samples == 0


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


def test_a_mirror_is_read_as_it_is_written(folder: Path) -> None:
    (folder / "witness.toml").write_text(MIRROR, encoding="utf-8")
    (mirror,) = read_witness(folder).mirrors
    assert mirror.token_file == folder / "t"


def test_its_key_is_its_owners_alone(folder: Path) -> None:
    assert (folder / "witness.key").stat().st_mode & 0o077 == 0
    (folder / "witness.key").chmod(0o644)
    with pytest.raises(CorruptData):
        read_signer(folder, "witness.example")
    with pytest.raises(Conflict):
        make_witness(folder, "witness.example", [])


@pytest.mark.parametrize(
    "text",
    [
        "", "name = 1", 'name = "w"\nlogs = ["junk"]', 'name = "w"\nlogs = []\nfoo = 1', "x =",
        'name = "w"\nlogs = []\nevery_s = 0', 'name = "w"\nlogs = []\nalarm_command = "rm"',
        'name = "w"\nlogs = []\n[[mirror]]\nlog = "x"\nurl = "https://x"\ntoken_file = "t"',
        MIRROR.replace("https", "ftp"),
        MIRROR.replace("token_file", "foo"),
        f"{MIRROR}token = 1",
        f"{MIRROR}samples = 99",
    ],
)  # fmt: skip
def test_settings_that_say_nothing_clear_are_refused(folder: Path, text: str) -> None:
    (folder / "witness.toml").write_text(text, encoding="utf-8")
    with pytest.raises((InvalidInput, CorruptData)):
        read_witness(folder)
