"""How ``serve`` runs the control plane's two processes. Importing this module sets Django up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings as django_settings
from django.core.handlers.wsgi import WSGIHandler
from gunicorn.app.base import BaseApplication

import haidang.config.ready  # noqa: F401 - sets Django up before models are imported

# isort: split

from haidang.config.patient_worker import MOST_CONNECTIONS, PatientWorker
from haidang.config.wsgi import application
from haidang.core.errors import Fatal
from haidang.core.host import DJANGO_KEY
from haidang.core.settings import Settings
from haidang.supervisor import keeper

__all__ = ["run_keeper", "run_web"]


def run_web(settings: Settings, home: Path) -> None:
    """Pages and API on gunicorn until SIGTERM. Migrations and keys are ``commands.prepare``'s."""
    key = home / DJANGO_KEY
    if not key.is_file() or key.read_text(encoding="ascii").strip() != django_settings.SECRET_KEY:
        raise Fatal("couldn't serve pages: no key of this host; run `haidang init` first", code="no_key")
    _Pages(settings).run()


def run_keeper(settings: Settings, home: Path) -> None:
    """The keeper until SIGTERM (``supervisor.keeper.run`` with Django set up)."""
    keeper.run(settings, home)


class _Pages(BaseApplication):  # type: ignore[misc] # gunicorn ships no types
    """gunicorn without its command line: one process, threads, no access log (addresses may carry what is private)."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        super().__init__()

    def load_config(self) -> None:
        web = self._settings.web
        host = f"[{web.host}]" if ":" in web.host else web.host
        options: dict[str, Any] = {
            "bind": [f"{host}:{web.port}"],
            "worker_class": PatientWorker,
            "worker_connections": MOST_CONNECTIONS,
            "workers": 1,
            "threads": web.threads,
            "timeout": 60,
            "graceful_timeout": 5,
            "keepalive": 5,
            "loglevel": "warning",
            "accesslog": None,
            "control_socket_disable": True,
            "proc_name": "haidang-web",
            "limit_request_line": 4094,
            "limit_request_fields": 60,
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> WSGIHandler:
        return application
