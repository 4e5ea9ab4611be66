"""A witness put together from its folder."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from random import Random, SystemRandom

from haidang.core.errors import Fatal, NotFound
from haidang.core.tlog.checkpoints import checkpoint_of
from haidang.core.tlog.notes import parse_note
from haidang.witness.mirror_store import MirrorStore, kept_size
from haidang.witness.mirrored_log import MirroredLog, log_folder
from haidang.witness.notebook import Notebook
from haidang.witness.sampling import Sampling
from haidang.witness.service import Witness
from haidang.witness.setup import (
    EVIDENCE,
    MIRRORS,
    NOTEBOOK,
    STORE,
    MirrorSettings,
    WitnessSettings,
    read_signer,
)
from haidang.witness.source import FolderSource, HttpSource, LogSource, refuse_open
from haidang.witness.store import Latest, WitnessStore
from haidang.witness.watch import Watch

__all__ = ["copies_of", "http_source", "origin_in", "watch_of"]


def http_source(settings: MirrorSettings) -> LogSource:
    """Where a mirrored log is read."""
    return HttpSource(settings.url, settings.token_file, settings.ca_file)


def watch_of(
    folder: Path, settings: WitnessSettings, clock_s: Callable[[], int], *,
    source_of: Callable[[MirrorSettings], LogSource] = http_source, random: Random | None = None,
) -> Watch:  # fmt: skip
    """The witness of a folder, its mirrors and its alarms.

    Raises Fatal or CorruptData where key or memory are not, Unavailable (``key_open``) where others may read a token.
    """
    for each in settings.mirrors:
        if each.token_file.exists():  # it may be put there later; what lies open is closed first, like the key
            refuse_open(each.token_file, each.token_file.stat().st_mode)
    store, notebook = WitnessStore(folder / STORE), Notebook(folder / NOTEBOOK)
    witness = Witness(read_signer(folder, settings.name), settings.keys(), store, clock_s)
    mirrors = []
    for each in settings.mirrors:
        source, drawn_by = source_of(each), random or SystemRandom()
        sampling = Sampling(each.log, source, notebook, drawn_by, each.samples, settings.sample_every_s)
        name = log_folder(each.log)
        _check_memory(folder / MIRRORS / name, store.latest(each.log))
        mirror = MirroredLog(
            each.log, folder / MIRRORS / name, folder / EVIDENCE / name, source, notebook, sampling,
            partial(store.latest, each.log),
        )  # fmt: skip
        mirrors.append(mirror)
    return Watch(witness, store, notebook, clock_s, silence_s=settings.silence_s, mirrors=mirrors)


def _check_memory(copy: Path, latest: Latest | None) -> None:
    """What is copied was cosigned before: a memory that knows of less is an older one, and would cosign a fork."""
    if kept_size(copy) > (0 if latest is None else latest.size):
        raise Fatal(
            f"the witness's memory is older than its copy {copy}: it was put back from a backup. Its key is retired: "
            "set up a new witness with a new key, and keep this folder",
            code="witness_store",
        )


def copies_of(folder: Path, settings: WitnessSettings, log: str = "") -> list[tuple[MirrorSettings, MirrorStore]]:
    """The mirrored logs of a name (whole, or its end like record), or all, with their copies.

    Raises NotFound (``no_log``) where there is none, or CorruptData.
    """
    chosen = [each for each in settings.mirrors if log in ("", each.log, each.log.rpartition("/")[2])]
    if not chosen:
        raise NotFound(f"couldn't find a mirror of {log or 'any log'} in {folder}", code="no_log")
    return [(each, MirrorStore(folder / MIRRORS / log_folder(each.log))) for each in chosen]


def origin_in(other: Path) -> str:
    """Which log lies in a folder, by its checkpoint. Raises NotFound (``no_log``): no log; or CorruptData."""
    try:
        note = FolderSource(other).checkpoint()
    except NotFound as error:
        raise NotFound(f"no log there: {other} has no checkpoint", code="no_log") from error
    return checkpoint_of(parse_note(note).text).origin
