"""The host's logs to whoever mirrors them: tlog-tiles (c2sp.org) under ``/api/v1/logs/<name>/``, and its samples asked.

Laws: the supervisor's alone (``read_access_log``, II.2.a), by a token that opens this and nothing else; a path is a
tile's one spelling or it is not there. Reads leave no entry, for each would be an act, logged, and read again.
"""

from __future__ import annotations

from typing import Annotated

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import Schema, Status
from pydantic import Field

from haidang.accounts.authority import SYSTEM, authority
from haidang.accounts.entities import account_uid
from haidang.accounts.queries import Credential
from haidang.audit.actions import record
from haidang.core.errors import CorruptData, NotFound
from haidang.core.host import LOG_FOLDERS
from haidang.core.policy import SYSTEM_UID
from haidang.core.tlog.merkle import HASH_BYTES
from haidang.core.tlog.tiles import CHECKPOINT_PATH, ENTRIES, Tile, tile_named
from haidang.core.units import WallUs
from haidang.footage.actions import ask_samples
from haidang.host.clock import wall_clock
from haidang.storage.log_reader import read_tile
from haidang.web.errors import Refused
from haidang.web.explain import refusal_of
from haidang.web.session import credential_of

__all__ = ["SamplesIn", "SamplesOut", "log_file", "may_read_log", "samples"]


def log_file(request: HttpRequest, name: str, path: str) -> HttpResponse:
    """A file of a log. Raises Refused, or NotFound for anything that is none."""
    may_read_log(credential_of(request), now=wall_clock())
    if name not in LOG_FOLDERS:
        raise NotFound("couldn't find the log", code="no_log")
    folder = settings.HAIDANG_HOME / LOG_FOLDERS[name]
    if path == CHECKPOINT_PATH:
        try:
            note = (folder / CHECKPOINT_PATH).read_bytes()
        except FileNotFoundError as error:
            raise NotFound("couldn't find the log: nothing is logged yet", code="no_log") from error
        return _answer(note, "text/plain; charset=utf-8", "private, max-age=1")
    try:
        tile = tile_named(path)
        data = read_tile(folder, tile)
    except CorruptData as error:
        raise NotFound("couldn't find the tile", code="no_tile") from error
    return _answer(_of_width(data, tile), "application/octet-stream", "private, max-age=31536000, immutable")


class SamplesIn(Schema):
    """Entries of the log of recordings that are seals."""

    indices: list[Annotated[int, Field(ge=0, lt=2**53)]] = Field(min_length=1, max_length=16)


class SamplesOut(Schema):
    """What was noted; the answers come in the log."""

    asked: list[int]


def samples(request: HttpRequest, asked: SamplesIn) -> Status[SamplesOut]:
    """Have these seals hashed again. Raises Refused, Conflict."""
    credential, now = credential_of(request), wall_clock()
    may_read_log(credential, now=now)
    ask_samples(asked.indices, actor=str(account_uid(credential.account.username)), now=now)
    return Status(202, SamplesOut(asked=sorted(set(asked.indices))))


def may_read_log(credential: Credential, *, now: WallUs) -> None:
    """Raises Refused, with an entry, for everybody but the supervisor."""
    decision = authority().decide(
        credential.account, "read_access_log", SYSTEM, now=now, second_factor=credential.second_factor
    )
    if decision.allowed:
        return
    record(
        now=now, actor=str(account_uid(credential.account.username)), action="read_access_log", resource=SYSTEM_UID,
        decision="deny", clause=decision.clause, policies=decision.policies, facts={"session": credential.name},
    )  # fmt: skip
    raise Refused(refusal_of("read_access_log", "", decision), code=decision.code, clause=decision.clause)


def _of_width(data: bytes, tile: Tile) -> bytes:
    """A partial tile of hashes as it was; the reader gives the full one where the partial has gone."""
    return data if tile.level == ENTRIES else data[: tile.width * HASH_BYTES]


def _answer(data: bytes, content_type: str, caching: str) -> HttpResponse:
    return HttpResponse(data, content_type=content_type, headers={"Cache-Control": caching})
