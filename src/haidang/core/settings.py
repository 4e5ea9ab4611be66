"""``haidang.toml``: every setting of a host, read once by each process. docs/ref/settings.md lists them all.

Values are checked when read; an unknown or wrong key stops the start with its name and what it takes.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field, fields, replace
from typing import Any
from urllib.parse import urlsplit

from haidang.core.errors import InvalidInput

__all__ = [
    "CheckSettings",
    "GatewaySettings",
    "LogSettings",
    "OidcSettings",
    "RecorderSettings",
    "RetentionSettings",
    "Settings",
    "StoreSettings",
    "TimestampSettings",
    "WebSettings",
    "is_safe_address",
    "parse_settings",
]

#: Every setting's range lies far below; larger numbers are neither converted nor shown.
_MAX_NUMBER = 2**53
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_PREFIX = re.compile(r"(?:[A-Za-z0-9._-]+(?:/[A-Za-z0-9._-]+)*)?", re.ASCII)
_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


@dataclass(frozen=True, slots=True)
class WebSettings:
    host: str = "127.0.0.1"
    port: int = 8000
    #: What browsers type, when a proxy stands in front; "" = what the request says.
    public_url: str = ""
    threads: int = 8
    #: A session without a request for this long is over.
    session_idle_s: int = 8 * 3600


@dataclass(frozen=True, slots=True)
class GatewaySettings:
    host: str = "127.0.0.1"
    #: 0 = the web port + 1.
    port: int = 0
    #: Base address of the gateway for browsers; "" = the request's host with the gateway's port.
    public_url: str = ""
    #: Streams end, and none start, when nobody has checked their rights for this long.
    warden_timeout_s: float = 15.0
    #: Bytes queued for one live viewer before it skips to the next keyframe.
    viewer_queue_bytes: int = 4 * 1024 * 1024
    max_viewers: int = 3000


@dataclass(frozen=True, slots=True)
class RecorderSettings:
    workers: int = 2
    #: Where recordings lie; "" = ``recordings`` under HAIDANG_DIR.
    root: str = ""
    fragment_ms: int = 200
    rotate_s: int = 300
    #: Upper bound of what a power cut can take.
    sync_s: float = 2.0
    seal_s: float = 10.0
    #: A camera that sends nothing for this long is hung.
    stall_s: float = 8.0
    connect_s: float = 5.0


@dataclass(frozen=True, slots=True)
class LogSettings:
    """Who cosigns the logs of this host, and where the key is that signs them."""

    #: ``<vkey> <address>`` of each witness.
    witnesses: tuple[str, ...] = ()
    #: How many of them make a checkpoint a cosigned one; 0 = all.
    quorum: int = 0
    #: Certificates by which witnesses are known (PEM); "" = the system's.
    ca_file: str = ""
    #: The library of a PKCS#11 token that holds the key; "" = the key is ``secrets/log.key``.
    pkcs11_module: str = ""
    #: Labels of the token and of the key on it.
    pkcs11_token: str = ""
    pkcs11_key: str = ""
    #: One line, mode 0600; in HAIDANG_DIR unless absolute. The PIN itself is never here.
    pkcs11_pin_file: str = "secrets/token.pin"


@dataclass(frozen=True, slots=True)
class CheckSettings:
    """How often the host reconciles by itself; 0 = only when asked."""

    #: Without reading pictures.
    quick_every_s: int = 6 * 3600
    #: Every sealed byte.
    deep_every_s: int = 7 * 86_400


@dataclass(frozen=True, slots=True)
class StoreSettings:
    """A store with Object Lock for copies of recordings, under another party's root; no endpoint, no copies."""

    endpoint: str = ""
    bucket: str = ""
    region: str = "us-east-1"
    #: Two lines, id and secret, mode 0600; in HAIDANG_DIR unless absolute.
    access_key_file: str = "secrets/store.key"
    #: Whom to trust for the store's certificate; "" = whom the system trusts.
    ca_file: str = ""
    #: Stands before each object's name, so that several hosts can share a bucket.
    prefix: str = ""
    #: From the end of a recording on nobody can delete its copy for this long.
    retain_days: int = 30


@dataclass(frozen=True, slots=True)
class TimestampSettings:
    """The authority that stamps checkpoints (RFC 3161); no address, no stamps."""

    #: Plain http is usual and safe: what it says is signed, and what it is told is a hash.
    url: str = ""
    #: Certificates (PEM) of the authorities whose stamps count, in HAIDANG_DIR unless absolute.
    roots_file: str = ""
    every_s: int = 600


@dataclass(frozen=True, slots=True)
class RetentionSettings:
    """Room on the recordings' disk, and how much may be held. How long recordings are kept is policy, not a setting."""

    #: Below this much free, operators are told.
    alarm_free_percent: int = 15
    #: Below this much free, the oldest footage that nobody holds expires early.
    emergency_free_percent: int = 5
    #: Below this much free, an emergency expiry does not wait for witnesses.
    emergency_without_witness_percent: int = 2
    #: Camera-hours that the people of one unit may hold at once.
    hold_hours_per_unit: int = 720


@dataclass(frozen=True, slots=True)
class OidcSettings:
    """One organisation's own sign-in (OpenID Connect); ``slug`` is the table's name, all but ``claim`` is needed."""

    slug: str = ""
    #: What the button on the sign-in page says.
    name: str = ""
    issuer: str = ""
    client_id: str = ""
    #: A file with the secret, in HAIDANG_DIR unless absolute. The secret itself is never here.
    client_secret_file: str = ""
    #: The claim of the ID token by which a person is known there.
    claim: str = "sub"


@dataclass(frozen=True, slots=True)
class Settings:
    #: "" = SQLite in HAIDANG_DIR; or postgresql://user@host/name
    database_url: str = ""
    web: WebSettings = field(default_factory=WebSettings)
    gateway: GatewaySettings = field(default_factory=GatewaySettings)
    recorder: RecorderSettings = field(default_factory=RecorderSettings)
    log: LogSettings = field(default_factory=LogSettings)
    check: CheckSettings = field(default_factory=CheckSettings)
    store: StoreSettings = field(default_factory=StoreSettings)
    timestamp: TimestampSettings = field(default_factory=TimestampSettings)
    retention: RetentionSettings = field(default_factory=RetentionSettings)
    #: Tables ``[oidc.<slug>]``, in the file's order.
    oidc: tuple[OidcSettings, ...] = ()

    @property
    def gateway_port(self) -> int:
        return self.gateway.port or self.web.port + 1


def parse_settings(text: str) -> Settings:
    """Read ``haidang.toml``; raises InvalidInput (``settings``) naming the key and what it takes."""
    try:
        data = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # TOMLDecodeError is a ValueError; a huge number is another
        raise InvalidInput(f"couldn't read haidang.toml: {error}", code="settings") from error
    settings = Settings()
    sections: dict[str, Any] = {}
    for name, value in data.items():
        if name == "database_url":
            sections[name] = _checked(name, "", value)
        elif name in ("web", "gateway", "recorder", "log", "check", "store", "timestamp", "retention"):
            sections[name] = _read_section(name, getattr(settings, name), value)
        elif name == "oidc":
            sections[name] = _read_oidc(value)
        else:
            raise _wrong(name, "no such setting")
    settings = replace(settings, **sections)
    _check_ranges(settings)
    return settings


def _read_section(name: str, base: Any, values: Any) -> Any:
    if not isinstance(values, dict):
        raise _wrong(name, "takes a table")
    known = {f.name for f in fields(base)}
    checked = {}
    for key, value in values.items():
        if key not in known:
            raise _wrong(f"{name}.{key}", f"no such setting; [{name}] takes {', '.join(sorted(known))}")
        checked[key] = _checked(f"{name}.{key}", getattr(base, key), value)
    return replace(base, **checked)


def _read_oidc(tables: Any) -> tuple[OidcSettings, ...]:
    if not isinstance(tables, dict):
        raise _wrong("oidc", "takes tables like [oidc.so-tttt]")
    found = []
    for slug, values in tables.items():
        name = f"oidc.{slug}"
        if not _SLUG.fullmatch(slug):
            raise _wrong(name, "takes a name of a-z, 0-9 and -, 1 to 63 characters")
        provider: OidcSettings = _read_section(name, OidcSettings(slug=slug), values)
        if provider.slug != slug:
            raise _wrong(f"{name}.slug", "no such setting; the table's name is it")
        for key in ("name", "issuer", "client_id", "client_secret_file", "claim"):
            if not getattr(provider, key):
                raise _wrong(f"{name}.{key}", "takes a text that is not empty")
        if not is_safe_address(provider.issuer):
            raise _wrong(f"{name}.issuer", "takes an address like https://sso.example.vn, without query or fragment")
        found.append(provider)
    return tuple(found)


def is_safe_address(url: str) -> bool:
    """HTTPS, or anything on this machine alone: what is said there must not be changed on the way."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost", "::1"))
    return safe and bool(parts.hostname) and not (parts.query or parts.fragment or parts.username or parts.password)


def _checked(name: str, default: object, value: object) -> object:
    if isinstance(value, int) and abs(value) > _MAX_NUMBER:
        raise _wrong(name, "takes a smaller number")
    if isinstance(default, tuple):
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise _wrong(name, "takes a list of texts")
        return tuple(value)
    if isinstance(default, float) and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if type(value) is not type(default):
        raise _wrong(name, f"takes a {type(default).__name__}, not {value!r}")
    return value


def _check_ranges(settings: Settings) -> None:
    recorder, web, gateway, kept = settings.recorder, settings.web, settings.gateway, settings.retention
    for name, value, low, high in (
        ("web.port", web.port, 1, 65534),
        ("web.threads", web.threads, 1, 256),
        ("web.session_idle_s", web.session_idle_s, 60, 30 * 86400),
        ("gateway.port", gateway.port, 0, 65535),
        ("gateway.warden_timeout_s", gateway.warden_timeout_s, 2, 600),
        ("gateway.viewer_queue_bytes", gateway.viewer_queue_bytes, 64 * 1024, 256 * 1024 * 1024),
        ("gateway.max_viewers", gateway.max_viewers, 1, 20_000),
        ("recorder.workers", recorder.workers, 1, 64),
        ("recorder.fragment_ms", recorder.fragment_ms, 40, 5000),
        ("recorder.rotate_s", recorder.rotate_s, 10, 3600),
        ("recorder.sync_s", recorder.sync_s, 0.1, 60),
        ("recorder.seal_s", recorder.seal_s, 1, 10),
        ("recorder.stall_s", recorder.stall_s, 1, 10),
        ("recorder.connect_s", recorder.connect_s, 1, 60),
        ("check.quick_every_s", settings.check.quick_every_s, 0, 366 * 86_400),
        ("check.deep_every_s", settings.check.deep_every_s, 0, 366 * 86_400),
        ("store.retain_days", settings.store.retain_days, 1, 3650),
        ("timestamp.every_s", settings.timestamp.every_s, 60, 86400),
        ("retention.alarm_free_percent", kept.alarm_free_percent, 2, 90),
        # An emergency that begins with the alarm would be the first that anybody hears of it.
        ("retention.emergency_free_percent", kept.emergency_free_percent, 1, kept.alarm_free_percent - 1),
        (
            "retention.emergency_without_witness_percent",
            kept.emergency_without_witness_percent,
            0,
            kept.emergency_free_percent,
        ),
        ("retention.hold_hours_per_unit", kept.hold_hours_per_unit, 1, 1_000_000),
    ):
        if not low <= value <= high:
            raise _wrong(name, f"takes {low} to {high}, not {value}")
    for name, url in (("web.public_url", web.public_url), ("gateway.public_url", gateway.public_url)):
        if url and _scheme(url) not in ("http", "https"):
            raise _wrong(name, f"takes an address like https://camera.example.vn, not {url!r}")
    _check_log(settings.log)
    _check_store(settings.store)
    _check_timestamp(settings.timestamp)
    if gateway.port == web.port:
        raise _wrong("gateway.port", f"takes another port than web.port, which is {web.port}")
    if settings.database_url and _scheme(settings.database_url) not in ("postgresql", "postgres"):
        raise _wrong("database_url", "takes postgresql://user@host/name, or nothing for SQLite")


def _check_log(log: LogSettings) -> None:
    for witness in log.witnesses:
        vkey, space, url = witness.partition(" ")
        if not (vkey and space and is_safe_address(url)):
            raise _wrong("log.witnesses", f"takes `<vkey> https://…` of each witness, not {witness!r}")
    if not 0 <= log.quorum <= len(log.witnesses):
        raise _wrong("log.quorum", f"takes 0 to {len(log.witnesses)}, not {log.quorum}")
    # A name alone would be looked for wherever the loader's environment says: the library sees the PIN.
    if log.pkcs11_module and not log.pkcs11_module.startswith("/"):
        raise _wrong("log.pkcs11_module", "takes the whole path of a library, like /usr/lib/softhsm/libsofthsm2.so")
    labels = (log.pkcs11_token, log.pkcs11_key)
    if log.pkcs11_module and not (all(labels) and log.pkcs11_pin_file):
        raise _wrong("log.pkcs11_token, pkcs11_key and pkcs11_pin_file", "take a text that is not empty")
    if any(labels) and not log.pkcs11_module:
        raise _wrong("log.pkcs11_module", "takes the library of the token that is named")


def _check_store(store: StoreSettings) -> None:
    if store.endpoint and not (is_safe_address(store.endpoint) and len(store.endpoint) <= 200):
        raise _wrong("store.endpoint", "takes an address like https://s3.example.vn; plain http on loopback alone")
    if store.endpoint and not _BUCKET.fullmatch(store.bucket):
        raise _wrong("store.bucket", "takes the name of a bucket: 3 to 63 of a-z, 0-9, '.' and '-'")
    if not _PREFIX.fullmatch(store.prefix):
        raise _wrong("store.prefix", "takes names of a-z, A-Z, 0-9, '.', '_' and '-', with '/' between them")
    if store.endpoint and not (store.region and store.access_key_file):
        raise _wrong("store.region and store.access_key_file", "take a text that is not empty")


def _check_timestamp(timestamp: TimestampSettings) -> None:
    if timestamp.url and _scheme(timestamp.url) not in ("http", "https"):
        raise _wrong("timestamp.url", f"takes an address like http://tsa.example.vn, not {timestamp.url!r}")
    if timestamp.url and not timestamp.roots_file:
        raise _wrong("timestamp.roots_file", "takes a file with the authority's roots")


def _scheme(url: str) -> str:
    try:
        return urlsplit(url).scheme
    except ValueError:
        return ""


def _wrong(name: str, what: str) -> InvalidInput:
    return InvalidInput(f"couldn't use {name} in haidang.toml: {what}", code="settings")
