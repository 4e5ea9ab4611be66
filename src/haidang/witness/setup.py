"""A witness's folder: its key, its memory, and which logs it watches. Made once, read at each start."""

from __future__ import annotations

import base64
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from haidang.core.errors import Conflict, CorruptData, InvalidInput
from haidang.core.tlog.notes import COSIGNATURE, ED25519, Key, Signer, from_base64, is_key_name, key_of
from haidang.host.files import replace_file
from haidang.witness.store import WitnessStore

__all__ = ["STORE", "WitnessSettings", "make_witness", "read_signer", "read_witness"]

SETTINGS, KEY, STORE = "witness.toml", "witness.key", "witness.sqlite3"
_DEFAULT_PORT, _DEFAULT_SILENCE_S = 8090, 60


@dataclass(frozen=True, slots=True)
class WitnessSettings:
    """``logs``: vkeys of the logs that are watched. ``silence_s``: how long a log may say nothing."""

    name: str
    logs: tuple[Key, ...]
    host: str = "127.0.0.1"
    port: int = _DEFAULT_PORT
    silence_s: int = _DEFAULT_SILENCE_S

    def keys(self) -> dict[str, list[Key]]:
        """The trusted keys of each origin."""
        found: dict[str, list[Key]] = {}
        for key in self.logs:
            found.setdefault(key.name, []).append(key)
        return found


def make_witness(folder: Path, name: str, logs: Sequence[str]) -> Key:
    """Draw a key and make the folder; the witness's vkey. Raises InvalidInput, CorruptData or Conflict."""
    if not is_key_name(name):
        raise InvalidInput(f"couldn't use {name!r}: a name like witness.example.vn, no spaces", code="invalid_name")
    keys = [_log_key(each) for each in logs]
    if (folder / KEY).exists() or (folder / STORE).exists():
        raise Conflict(f"{folder} is a witness already: a witness is set up once", code="witness_exists")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    private = Ed25519PrivateKey.generate()
    replace_file(folder / KEY, base64.b64encode(private.private_bytes_raw()) + b"\n", mode=0o600, durable=True)
    WitnessStore.create(folder / STORE).close()
    (folder / STORE).chmod(0o600)
    lines = [f'name = "{name}"', "# Keys of the logs that this witness watches, one a line.", "logs = ["]
    lines += [*(f'  "{key}",' for key in keys), "]"]
    replace_file(folder / SETTINGS, ("\n".join(lines) + "\n").encode(), mode=0o600, durable=True)
    return Signer.of(name, COSIGNATURE, private).key


def read_witness(folder: Path) -> WitnessSettings:
    """The settings. Raises InvalidInput (``witness_settings``)."""
    path = folder / SETTINGS
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        name, logs = str(data.pop("name")), [_log_key(str(each)) for each in data.pop("logs")]
        settings = WitnessSettings(
            name, tuple(logs), str(data.pop("host", "127.0.0.1")), int(data.pop("port", _DEFAULT_PORT)),
            int(data.pop("silence_s", _DEFAULT_SILENCE_S)),
        )  # fmt: skip
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InvalidInput(f"couldn't read {path}: {error}; `haidang witness init`", code="witness_settings") from error
    if data:
        raise InvalidInput(f"{path}: nothing is called {min(data)!r}", code="witness_settings")
    return settings


def read_signer(folder: Path, name: str) -> Signer:
    """The witness's own key. Raises CorruptData (``witness_key``) where it is missing, broken or open to others."""
    path = folder / KEY
    try:
        if path.stat().st_mode & 0o077:
            raise CorruptData(f"{path} can be read by others: chmod 600", code="witness_key")
        seed = from_base64(path.read_text(encoding="ascii").strip())
    except (OSError, UnicodeDecodeError) as error:
        raise CorruptData(f"couldn't read {path}: {error}", code="witness_key") from error
    if seed is None or len(seed) != 32:
        raise CorruptData(f"{path} holds no key", code="witness_key")
    return Signer.of(name, COSIGNATURE, Ed25519PrivateKey.from_private_bytes(seed))


def _log_key(vkey: str) -> Key:
    key = key_of(vkey)
    if key.kind != ED25519:
        raise CorruptData(f"{key.name} is a witness's key, not a log's", code="vkey")
    return key
