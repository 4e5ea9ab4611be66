"""From ``database_url`` to Django's DATABASES: SQLite in WAL mode, or PostgreSQL."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from haidang.core.host import DATABASE

__all__ = ["database_of"]

#: A writer waits this long for another's transaction before it gives up (seconds).
BUSY_TIMEOUT_S = 10
#: libpq: a server that went away without a word is noticed within 20 s, not after the system's two hours. Until then
#: whoever asked it stands still, the warden included.
_NOTICE_A_DEAD_PEER = {
    "keepalives_idle": 5,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}


def database_of(url: str, home: Path) -> dict[str, Any]:
    """Django's settings of the one database. SQLite takes its write lock at BEGIN, so no upgrade can deadlock."""
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": home / DATABASE,
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": BUSY_TIMEOUT_S,
                # FULL: an audit entry that was answered for survives a power cut.
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
            },
        }
    parts = urlsplit(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"connect_timeout": 5, **_NOTICE_A_DEAD_PEER, **dict(parse_qsl(parts.query))},
    }
