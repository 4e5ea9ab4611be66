"""After a rollback, a fork or a destroyed log: the copy says what was there, in words that a person can look up."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from haidang.cli.main import main
from haidang.core.errors import NotFound, Unavailable
from haidang.core.log_entries import FileEnd, entry_bytes
from haidang.core.tlog.notes import ED25519, Signer
from haidang.core.units import WallUs
from haidang.storage.log_store import LogStore
from haidang.witness.compare import Comparison, compare, entry_words
from haidang.witness.parts import copies_of, origin_in, watch_of
from haidang.witness.setup import Mirroring, make_witness, read_witness
from haidang.witness.source import FolderSource
from witness.a_host import LOG, ORIGIN, START_US, Clock, Host, seal, seals, tick
from witness.conftest import Department

ACTS = Signer.of(
    f"{ORIGIN.removesuffix('record')}acts", ED25519, Ed25519PrivateKey.from_private_bytes(b"a" * 32)
)  # fmt: skip


@pytest.fixture
def mirrored(department: Department) -> Department:
    department.host.add(*seals(600), tick(START_US))
    department.round()
    return department


def held(department: Department, other: Path) -> Comparison:
    ((_settings, copy),) = copies_of(department.folder, read_witness(department.folder), "record")
    return compare(copy, FolderSource(other))


def test_the_same_log_is_the_same(mirrored: Department) -> None:
    found = held(mirrored, mirrored.host.folder)
    assert found.same
    assert list(found.lines())[-1] == "every entry of the copy is in the other log, the same"


def test_a_log_that_went_on_is_no_difference(mirrored: Department) -> None:
    mirrored.host.add(*seals(5))
    assert held(mirrored, mirrored.host.folder).same


def test_a_log_that_was_rolled_back_lacks_its_end(mirrored: Department, tmp_path: Path) -> None:
    LogStore(tmp_path / "back", LOG).append(seals(500), b"")
    found = held(mirrored, tmp_path / "back")
    assert (found.missing, found.first_missing, found.different) == (101, 500, 0)
    lines = list(found.lines())
    assert "missing: 101 entries, the first is 500" in lines
    assert "  de-gi-1 main 2026-11-25 11:23 to 2026-11-25 11:40" in lines
    assert "  and 1 entries that are of no camera's pictures" in lines


def test_another_history_is_named_by_its_first_different_entry(mirrored: Department, tmp_path: Path) -> None:
    entries = seals(600)
    entries[300] = entry_bytes(seal(300, camera="tam-quan-1"))
    LogStore(tmp_path / "fork", LOG).append([*entries, entry_bytes(tick(START_US))], b"")
    found = held(mirrored, tmp_path / "fork")
    assert (found.different, found.first_different, found.missing) == (1, 300, 0)
    assert found.words == "pictures of de-gi-1 main, 2026-11-25 10:50"


def test_of_a_destroyed_log_everything_is_missing_and_the_copy_has_it(mirrored: Department) -> None:
    shutil.rmtree(mirrored.host.folder)
    found = held(mirrored, mirrored.host.folder)
    assert (found.missing, found.theirs) == (601, 0)


def test_a_host_that_is_away_is_no_missing_entry(mirrored: Department) -> None:
    mirrored.host.away = True
    ((_settings, copy),) = copies_of(mirrored.folder, read_witness(mirrored.folder))
    with pytest.raises(Unavailable):
        compare(copy, mirrored.host)


def test_one_lost_bundle_is_one_hole(mirrored: Department) -> None:
    (mirrored.host.folder / "tile/entries/001").unlink()
    found = held(mirrored, mirrored.host.folder)
    assert (found.missing, found.first_missing) == (256, 256)


def test_the_command_says_it_and_exits_by_it(
    mirrored: Department, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, same = str(mirrored.folder), str(mirrored.host.folder)
    assert main(["witness", "compare", folder, same]) == 0
    assert capsys.readouterr().out.splitlines()[0] == f"{ORIGIN}:"
    LogStore(tmp_path / "back", LOG).append(seals(500), b"")
    assert main(["witness", "compare", folder, str(tmp_path / "back"), "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert (found["log"], found["same"], found["missing"]) == (ORIGIN, False, 101)
    assert found["pieces"][0][:2] == ["de-gi-1", "main"]
    assert main(["witness", "compare", folder, same, "--log", "record"]) == 0


def test_a_folder_without_a_checkpoint_is_no_log_and_nothing_is_missing(
    mirrored: Department, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["witness", "compare", str(mirrored.folder), str(tmp_path)]) != 0
    told = capsys.readouterr()
    assert "no log there" in told.err
    assert "missing" not in told.out
    with pytest.raises(NotFound) as error:
        origin_in(tmp_path / "none")
    assert error.value.code == "no_log"


@pytest.fixture
def both(tmp_path: Path) -> Iterator[tuple[Path, dict[str, Host]]]:
    """A witness with a mirror of each of a host's logs, and those logs by their addresses."""
    folder, clock = tmp_path / "both", Clock()
    urls = ["https://host.example/api/v1/logs/record", "https://host.example/api/v1/logs/acts"]
    make_witness(folder, "witness.example", [str(LOG.key), str(ACTS.key)], Mirroring(urls))
    hosts = {url: Host(tmp_path / url[-4:], key=key) for url, key in zip(urls, (LOG, ACTS), strict=True)}
    watch = watch_of(folder, read_witness(folder), clock, source_of=lambda each: hosts[each.url])
    for number, (host, mirror) in enumerate(zip(hosts.values(), watch.mirrors, strict=True)):
        host.add(*seals(20 + number))
        assert host.cosign(watch.witness).status == 200
        mirror.run_once(clock())
    yield folder, hosts
    watch.notebook.close()


def test_without_a_name_every_mirrored_log_is_compared_and_named(
    both: tuple[Path, dict[str, Host]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, hosts = both
    monkeypatch.setattr("haidang.cli.commands.witness.http_source", lambda each: hosts[each.url])
    assert main(["witness", "compare", str(folder)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0::3] == [f"{ORIGIN}:", f"{ACTS.key.name}:"]
    assert lines[1::3] == [f"the copy has {kept} entries, the other log {kept}" for kept in (20, 21)]
    acts = list(hosts.values())[1]
    (acts.folder / "tile/entries/000.p/21").unlink()
    assert main(["witness", "compare", str(folder), "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert [(each["log"], each["missing"]) for each in told] == [(ORIGIN, 0), (ACTS.key.name, 21)]
    assert main(["witness", "compare", str(folder), "--log", "record"]) == 0
    assert main(["witness", "compare", str(folder), "--log", "papers"]) != 0


def test_a_folders_log_is_held_against_its_own_copy_whichever_is_the_first(
    both: tuple[Path, dict[str, Host]], capsys: pytest.CaptureFixture[str]
) -> None:
    folder, hosts = both
    for host, name in zip(hosts.values(), (ORIGIN, ACTS.key.name), strict=True):
        assert main(["witness", "compare", str(folder), str(host.folder), "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["log"] == name
    acts = list(hosts.values())[1]
    assert main(["witness", "compare", str(folder), str(acts.folder), "--log", "record"]) != 0
    assert "not record" in capsys.readouterr().err


def test_every_entry_has_short_words() -> None:
    assert entry_words(b"junk") == "an entry of another version"
    assert entry_words(entry_bytes(tick(START_US))) == "tick"
    end = FileEnd("de-gi-1", "main", 0, bytes(32), "de-gi/x.mp4", 1, "rotated")
    assert entry_words(entry_bytes(end)) == "end of de-gi/x.mp4"


def test_what_a_host_writes_neither_ends_a_comparison_nor_writes_to_the_terminal(department: Department) -> None:
    """The other log is the host's; the words are the department's."""
    hostile = replace(seal(0), camera="\x1b[2K\ngood")
    department.host.add(hostile, replace(seal(1), from_us=WallUs((1 << 62) + 1), to_us=WallUs((1 << 62) + 2)))
    department.round()
    lines = list(held(department, department.folder / "nothing").lines())
    assert any("good" in line for line in lines)
    assert all(line.isprintable() for line in lines)
