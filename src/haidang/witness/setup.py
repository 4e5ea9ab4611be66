"""A witness's folder: its key, its memory, which logs it watches and mirrors. Made once, read at each start."""

from __future__ import annotations

import base64
import json
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from haidang.core.errors import Conflict, CorruptData, InvalidInput
from haidang.core.settings import is_safe_address
from haidang.core.tlog.notes import COSIGNATURE, ED25519, Key, Signer, from_base64, is_key_name, key_of
from haidang.host.files import replace_file
from haidang.witness.store import WitnessStore

__all__ = [
    "EVIDENCE",
    "MIRRORS",
    "NOTEBOOK",
    "STORE",
    "MirrorSettings",
    "Mirroring",
    "WitnessSettings",
    "make_witness",
    "read_signer",
    "read_witness",
]

SETTINGS, KEY, STORE = "witness.toml", "witness.key", "witness.sqlite3"
NOTEBOOK, MIRRORS, EVIDENCE = "notebook.sqlite3", "mirror", "evidence"
_DEFAULT_PORT, _DEFAULT_SILENCE_S = 8090, 60
_MOST, _MOST_SAMPLES = 1_000_000, 16
_DEFAULT_EVERY_S, _DEFAULT_SAMPLE_EVERY_S, _DEFAULT_SAMPLES = 10, 600, 4


@dataclass(frozen=True, slots=True)
class MirrorSettings:
    """A log that is copied: where it is read, by which token, and how many seals are asked for each time."""

    log: str
    url: str
    token_file: Path
    ca_file: str = ""
    samples: int = _DEFAULT_SAMPLES


@dataclass(frozen=True, slots=True)
class WitnessSettings:
    """``logs``: vkeys of the logs that are watched. ``silence_s``: how long a log may say nothing. ``every_s``: a
    mirror looks so often, and when a checkpoint was cosigned. ``alarm_command``: run as alarms begin and end.
    """

    name: str
    logs: tuple[Key, ...]
    host: str = "127.0.0.1"
    port: int = _DEFAULT_PORT
    silence_s: int = _DEFAULT_SILENCE_S
    every_s: int = _DEFAULT_EVERY_S
    sample_every_s: int = _DEFAULT_SAMPLE_EVERY_S
    alarm_command: tuple[str, ...] = ()
    mirrors: tuple[MirrorSettings, ...] = ()
    #: Shown on the page.
    note: str = ""

    def keys(self) -> dict[str, list[Key]]:
        """The trusted keys of each origin."""
        found: dict[str, list[Key]] = {}
        for key in self.logs:
            found.setdefault(key.name, []).append(key)
        return found


@dataclass(frozen=True, slots=True)
class Mirroring:
    """For ``make_witness``: the logs' addresses in the order of their keys, and the token that opens them."""

    urls: Sequence[str] = ()
    token_file: Path = Path("log.token")
    ca_file: str = ""


def make_witness(
    folder: Path, name: str, logs: Sequence[str], mirroring: Mirroring | None = None, *, port: int = _DEFAULT_PORT,
    note: str = "",
) -> Key:  # fmt: skip
    """Draw a key and make the folder; the witness's vkey. Raises InvalidInput, CorruptData or Conflict."""
    if not is_key_name(name):
        raise InvalidInput(f"couldn't use {name!r}: a name like witness.example.vn, no spaces", code="invalid_name")
    keys = [_log_key(each) for each in logs]
    mirrored = mirroring or Mirroring()
    if mirrored.urls and len(mirrored.urls) != len(keys):
        raise InvalidInput("couldn't mirror: one --mirror for each --log, in their order", code="witness_settings")
    lines = [f'name = "{name}"', f"port = {port}"]
    lines += [f"note = {json.dumps(note, ensure_ascii=False)}"] if note else []
    lines += ["logs = [", *(f'  "{key}",' for key in keys), "]"]
    for key, url in zip(keys, mirrored.urls, strict=False):
        lines += _mirror_lines(key.name, url, mirrored)
    text = "\n".join(lines) + "\n"
    _settings_of(tomllib.loads(text), folder)
    if (folder / KEY).exists() or (folder / STORE).exists():
        raise Conflict(f"{folder} is a witness already: a witness is set up once", code="witness_exists")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    private = Ed25519PrivateKey.generate()
    replace_file(folder / KEY, base64.b64encode(private.private_bytes_raw()) + b"\n", mode=0o600, durable=True)
    WitnessStore.create(folder / STORE).close()
    (folder / STORE).chmod(0o600)
    replace_file(folder / SETTINGS, text.encode(), mode=0o600, durable=True)
    return Signer.of(name, COSIGNATURE, private).key


def _mirror_lines(origin: str, url: str, mirroring: Mirroring) -> list[str]:
    # Acts are no pictures: there is nothing to hash again.
    samples = 0 if url.endswith("/acts") else _DEFAULT_SAMPLES
    token_file = mirroring.token_file.absolute()
    texts = {"log": origin, "url": url, "token_file": str(token_file), "ca_file": mirroring.ca_file}
    return ["", "[[mirror]]", *(f"{name} = {json.dumps(text)}" for name, text in texts.items()), f"samples = {samples}"]


def read_witness(folder: Path) -> WitnessSettings:
    """The settings. Raises InvalidInput (``witness_settings``)."""
    path = folder / SETTINGS
    try:
        return _settings_of(tomllib.loads(path.read_text(encoding="utf-8")), folder)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InvalidInput(f"couldn't read {path}: {error}; `haidang witness init`", code="witness_settings") from error


def _settings_of(data: dict[str, Any], folder: Path) -> WitnessSettings:
    name, logs = str(data.pop("name")), tuple(_log_key(str(each)) for each in data.pop("logs"))
    mirrors = tuple(_mirror_of(each, folder, {key.name for key in logs}) for each in data.pop("mirror", []))
    command = data.pop("alarm_command", [])
    if not isinstance(command, list) or not all(isinstance(each, str) for each in command):
        raise InvalidInput('alarm_command takes a list like ["/usr/local/bin/sms"]', code="witness_settings")
    settings = WitnessSettings(
        name, logs, str(data.pop("host", "127.0.0.1")), _whole(data, "port", _DEFAULT_PORT),
        _whole(data, "silence_s", _DEFAULT_SILENCE_S), _whole(data, "every_s", _DEFAULT_EVERY_S),
        _whole(data, "sample_every_s", _DEFAULT_SAMPLE_EVERY_S), tuple(command), mirrors,
        str(data.pop("note", "")),
    )  # fmt: skip
    if data:
        raise InvalidInput(f"{SETTINGS}: nothing is called {min(data)!r}", code="witness_settings")
    return settings


def _mirror_of(table: dict[str, Any], folder: Path, origins: set[str]) -> MirrorSettings:
    log, url, rest = str(table["log"]), str(table["url"]).rstrip("/"), dict(table)
    if log not in origins:
        raise InvalidInput(f"{SETTINGS}: {log!r} is mirrored and not watched", code="witness_settings")
    if not is_safe_address(url):
        raise InvalidInput(f"{SETTINGS}: {url!r} is no address like https://…", code="witness_settings")
    samples = _whole(rest, "samples", _DEFAULT_SAMPLES, least=0)
    if samples > _MOST_SAMPLES:
        raise InvalidInput(f"{SETTINGS}: samples takes 0 to {_MOST_SAMPLES}", code="witness_settings")
    unknown = rest.keys() - {"log", "url", "token_file", "ca_file"}
    if unknown:
        raise InvalidInput(f"{SETTINGS}: nothing of a mirror is called {min(unknown)!r}", code="witness_settings")
    return MirrorSettings(log, url, folder / str(table["token_file"]), str(table.get("ca_file", "")), samples)


def _whole(data: dict[str, Any], name: str, default: int, *, least: int = 1) -> int:
    """A whole number, taken out of ``data``."""
    value = data.pop(name, default)
    if type(value) is not int or not least <= value <= _MOST:
        raise InvalidInput(f"{SETTINGS}: {name} takes a whole number from {least} on", code="witness_settings")
    return value


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
