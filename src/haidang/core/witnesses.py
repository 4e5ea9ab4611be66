"""The witnesses that ``[log] witnesses`` names."""

from __future__ import annotations

from haidang.core.errors import CorruptData, InvalidInput
from haidang.core.settings import LogSettings
from haidang.core.tlog.notes import COSIGNATURE, key_of
from haidang.core.tlog.policies import Witness

__all__ = ["witnesses_of"]


def witnesses_of(settings: LogSettings) -> tuple[Witness, ...]:
    """Raises InvalidInput (``settings``) where a key is none, or not a witness's."""
    found = []
    for each in settings.witnesses:
        vkey, _, url = each.partition(" ")
        try:
            key = key_of(vkey)
        except CorruptData as error:
            raise InvalidInput(f"couldn't use log.witnesses in haidang.toml: {error}", code="settings") from error
        if key.kind != COSIGNATURE:
            raise InvalidInput(
                f"couldn't use log.witnesses in haidang.toml: {key.name} is a log's key", code="settings"
            )
        found.append(Witness(key.name, key, url.rstrip("/")))
    return tuple(found)
