"""Stamps by the keeper: when the log went on and the time has come, or an extraction asks; told when it fails."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from haidang.core.errors import Unavailable
from haidang.core.host import ACTS_LOG, RECORD_LOG, STAMP_STANDING
from haidang.core.log_entries import Tick, entry_bytes
from haidang.core.stamp_standing import StampStanding, parse_stamps
from haidang.core.tlog.merkle import EMPTY_ROOT
from haidang.core.units import WallUs
from haidang.host.signers import log_signer
from haidang.storage.stamps import Kept, ask_for_stamp, check_kept, is_asked, kept_stamps, read_roots
from haidang.supervisor.keeper_stamps import StampKeeper
from keeper.a_log import NOW_S, Department, log_of
from storage.authority import Authority, make_authority

S = 1_000_000
NOW = WallUs(NOW_S * S)
EVERY_S = 600


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return make_authority(tmp_path_factory.mktemp("authority"))


def after(seconds: float) -> WallUs:
    return WallUs(NOW + int(seconds * S))


def go_on(home: Path, name: str = "record", department: Department | None = None) -> int:
    """The log gets an entry and its witnesses' cosignatures; its size."""
    log = log_of(home, name, department.witnesses() if department else None)
    store = log.open()
    store.append([entry_bytes(Tick(NOW, 0, EMPTY_ROOT, 0))], b"")
    log.cosign(store, NOW)
    return store.size


def keeper(home: Path, authority: Authority, post: Callable[[bytes], bytes] | None = None) -> StampKeeper:
    return StampKeeper(home, authority.roots, EVERY_S, post or authority.answer)


def standing(home: Path, log: str = "record") -> StampStanding:
    return parse_stamps((home / STAMP_STANDING).read_bytes())[log]


def away(_request: bytes) -> bytes:
    raise Unavailable("nobody answers", code="stamp_away")


def test_each_log_is_stamped_when_it_went_on_and_the_time_has_come(home: Path, authority: Authority) -> None:
    size = go_on(home)
    keeps = keeper(home, authority)
    assert keeps.run_once(NOW) == 1
    assert [each.size for each in kept_stamps(home / RECORD_LOG)] == [size]
    assert keeps.run_once(after(EVERY_S + 1)) == 0, "nothing was logged meanwhile"
    go_on(home)
    assert keeps.run_once(after(EVERY_S + 2)) == 1, "late, so at once"
    go_on(home)
    assert keeps.run_once(after(EVERY_S + 4)) == 0, "not yet"
    go_on(home, "acts")
    assert keeps.run_once(after(EVERY_S + 6)) == 1, "the other log, that begins now"
    assert keeps.run_once(after(2 * EVERY_S + 2)) == 1
    for name, folder in (("record", RECORD_LOG), ("acts", ACTS_LOG)):
        for kept in kept_stamps(home / folder):
            check_kept(home / folder, kept, log_signer(home, name).key, read_roots(authority.roots))


def test_what_is_stamped_is_the_cosigned_checkpoint(home: Path, authority: Authority, tmp_path: Path) -> None:
    department = Department(tmp_path, home)
    size = go_on(home, department=department)
    department.away.add("witness.example")
    go_on(home, department=department)
    keeper(home, authority).run_once(NOW)
    kept = kept_stamps(home / RECORD_LOG)
    assert [each.size for each in kept] == [size], "what nobody has cosigned waits"
    assert b"witness.example" in kept[0].path(home / RECORD_LOG, "note").read_bytes()


def test_an_extraction_waits_for_no_turn(home: Path, authority: Authority) -> None:
    go_on(home)
    keeps = keeper(home, authority)
    keeps.run_once(NOW)
    size = go_on(home)
    assert keeps.run_once(after(5)) == 0
    ask_for_stamp(home / RECORD_LOG)
    assert keeps.run_once(after(6)) == 1
    assert not is_asked(home / RECORD_LOG)
    assert kept_stamps(home / RECORD_LOG)[-1].size == size


def test_an_authority_that_is_away_is_told_and_asked_less_and_less(home: Path, authority: Authority) -> None:
    go_on(home)
    ask_for_stamp(home / RECORD_LOG)
    tried: list[WallUs] = []
    now = NOW

    def post(_request: bytes) -> bytes:
        tried.append(now)
        return away(_request)

    keeps = keeper(home, authority, post)
    for second in range(0, 4000, 2):
        now = after(second)
        keeps.run_once(now)
    waits = [(b - a) // S for a, b in pairwise(tried)]
    assert waits[:4] == [30, 60, 120, 240]
    assert max(waits) == EVERY_S
    assert (standing(home).problem, standing(home).since_us) == ("stamp_away", NOW)
    assert is_asked(home / RECORD_LOG), "who asked is not forgotten"
    keeps.post = authority.answer
    assert keeps.run_once(after(4000 + EVERY_S)) == 1
    assert standing(home).problem == ""
    assert not is_asked(home / RECORD_LOG)


def test_a_response_to_another_request_is_not_kept(home: Path, authority: Authority) -> None:
    go_on(home)
    caught: list[bytes] = []

    def replayed(request: bytes) -> bytes:
        caught.append(request)
        return authority.answer(caught[0])

    keeps = keeper(home, authority, replayed)
    keeps.run_once(NOW)
    go_on(home)
    keeps.run_once(after(EVERY_S + 1))
    assert len(kept_stamps(home / RECORD_LOG)) == 1
    assert standing(home).problem == "stamp_hash"
    assert standing(home).signer, "the last that held is still said"


@pytest.mark.parametrize("trap", ["order", "roots"])
def test_what_our_parser_or_our_roots_cannot_read_is_kept_and_told(
    home: Path, authority: Authority, tmp_path: Path, trap: str
) -> None:
    go_on(home)
    keeps = keeper(home, authority)
    if trap == "order":
        keeps.post = lambda request: authority.answer(request, more="certs = root.pem")
    else:
        keeps.roots = make_authority(tmp_path / "another").roots
    assert keeps.run_once(NOW) == 1
    assert kept_stamps(home / RECORD_LOG) == [Kept(1, NOW_S)]
    assert standing(home).problem == {"order": "stamp_order", "roots": "stamp_untrusted"}[trap]
    go_on(home)
    assert keeps.run_once(after(EVERY_S - 1)) == 0, "and not asked again at once"


def test_roots_that_are_missing_stop_nothing_but_stamps(home: Path, authority: Authority) -> None:
    go_on(home)
    asked: list[bytes] = []
    keeps = StampKeeper(home, home / "none.pem", EVERY_S, lambda request: asked.append(request) or b"")  # type: ignore[func-returns-value]
    assert keeps.run_once(NOW) == 0
    assert asked == [], "a stamp that cannot be checked is not asked for"
    assert standing(home).problem == "stamp_roots"
    keeps.roots, keeps.post = authority.roots, authority.answer
    assert keeps.run_once(after(31)) == 1


def test_a_start_goes_on_from_the_files(home: Path, authority: Authority) -> None:
    go_on(home)
    keeper(home, authority).run_once(NOW)
    go_on(home)
    assert keeper(home, authority).run_once(after(60)) == 0
    assert keeper(home, authority).run_once(after(EVERY_S + 1)) == 1
    assert standing(home).size == 2


def test_a_clock_that_was_set_back_writes_over_no_stamp(home: Path, authority: Authority) -> None:
    size = go_on(home)
    keeps = keeper(home, authority)
    keeps.run_once(NOW)
    kept = kept_stamps(home / RECORD_LOG)[0]
    response = kept.path(home / RECORD_LOG, "tsr").read_bytes()
    keeps._turns["record"].last = None
    keeps.run_once(WallUs(NOW - S))
    keeps._turns["record"].last = None
    keeps.run_once(after(EVERY_S))
    keeps._turns["record"].last = None
    keeps.run_once(NOW)
    assert len({each.asked_s for each in kept_stamps(home / RECORD_LOG)}) == 4
    assert {each.size for each in kept_stamps(home / RECORD_LOG)} == {size}
    assert kept.path(home / RECORD_LOG, "tsr").read_bytes() == response


def test_without_a_log_there_is_nothing_to_stamp(home: Path, authority: Authority) -> None:
    assert keeper(home, authority).run_once(NOW) == 0
    assert not (home / STAMP_STANDING).exists()
