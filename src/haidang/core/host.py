"""Where a host keeps its things: names below ``HAIDANG_DIR``, in one place. Relative, pure; callers join and open."""

from __future__ import annotations

__all__ = [
    "ACTS_LOG",
    "CAMERA_LIST",
    "CHECKS",
    "CONTROL_SOCKET",
    "CREDENTIALS_KEY",
    "DATABASE",
    "DEMO",
    "DEMO_ACCOUNTS",
    "DEMO_WITNESS",
    "DISK_STATE",
    "DJANGO_KEY",
    "DOORBELLS",
    "LOGS",
    "LOG_FOLDERS",
    "LOG_KEY",
    "LOG_PUBLIC_KEY",
    "LOG_STANDING",
    "PAPERS_KEY",
    "RECORDINGS",
    "RECORD_LOG",
    "RUN",
    "SETTINGS",
    "STAMP_STANDING",
    "TICKET_KEY",
    "TICKET_PUBLIC_KEY",
]

SETTINGS = "haidang.toml"
DATABASE = "haidang.sqlite3"
RECORDINGS = "recordings"
LOGS = "log"
#: Sockets and pid files; cleared by nobody but their owner.
RUN = "run"
DOORBELLS = "run/doorbell"
CONTROL_SOCKET = "run/gateway.sock"
CAMERA_LIST = "state/cameras.json"
#: How much room the recordings have, and what the keeper does about it.
DISK_STATE = "state/disk.json"
#: secrets/ is mode 0700, its files 0600.
DJANGO_KEY = "secrets/django.key"
#: 32 raw bytes, AES-256 for core/sealed.
CREDENTIALS_KEY = "secrets/credentials.key"
#: Ed25519, 32 raw bytes each; only the web process reads the private half.
TICKET_KEY = "secrets/ticket.key"
TICKET_PUBLIC_KEY = "state/ticket.pub"
#: Ed25519, 32 raw bytes: what the host signs its transparency log by.
LOG_KEY = "secrets/log.key"
#: Its public half, for those who read the logs and must not be able to sign them.
LOG_PUBLIC_KEY = "state/log.pub"
#: Ed25519, 32 raw bytes: what the host signs lists and minutes by, for people to hold. The page process reads it.
PAPERS_KEY = "secrets/papers.key"
#: The log of seals, ends and gaps, as tlog-tiles; and the one of what people did.
RECORD_LOG = "tlog/record"
ACTS_LOG = "tlog/acts"
#: The logs by their short names.
LOG_FOLDERS = {"record": RECORD_LOG, "acts": ACTS_LOG}
#: How each log stands with its witnesses, ``<log>.json`` in here: a snapshot for pages, never a source of truth.
LOG_STANDING = "state/log"
#: Reconciliations: ``<n>.json`` for pages, ``<n>.txt`` the signed minutes.
CHECKS = "state/check"
#: How time stamps of the logs stand: as above.
STAMP_STANDING = "state/stamps.json"
#: Written by a demonstration only, mode 0600.
DEMO_ACCOUNTS = "demo-accounts.json"
#: Present only where `haidang demo` made the host.
DEMO = "state/demo.json"
#: A demonstration's own witness; a real one is on another's machine.
DEMO_WITNESS = "witness"
