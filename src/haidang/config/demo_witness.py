"""A demonstration's witness: what the supervising department would run on a machine of its own, here beside the host.

It shows the two commands at work and proves nothing: whoever is root here is root there. Nothing outside a
demonstration calls this.
"""

from __future__ import annotations

import re
from pathlib import Path

import haidang.config.ready  # noqa: F401 - sets Django up before models are imported

# isort: split

from haidang.accounts.models import Unit
from haidang.config.account_commands import new_token
from haidang.core.host import DEMO_WITNESS, SETTINGS
from haidang.host.files import replace_file
from haidang.host.signers import LOGS, log_signer
from haidang.witness.setup import SETTINGS as WITNESS_SETTINGS
from haidang.witness.setup import Mirroring, make_witness, read_signer, read_witness

__all__ = ["demo_witness"]

_NAME = "trinh-dien.chung-kien.local"
_NOTE = (
    "Bản trình diễn: chương trình này thay cho máy của cơ quan giám sát. Trên thực tế phải đặt ở máy mà đơn vị vận "
    "hành không quản lý."
)


def demo_witness(home: Path, *, web_port: int, port: int) -> str:
    """Make it once, and let both sides know each other's address of this start; where its page is."""
    folder, token_file = home / DEMO_WITNESS, home / DEMO_WITNESS / "log.token"
    urls = [f"http://127.0.0.1:{web_port}/api/v1/logs/{log}" for log in LOGS]
    address = f"http://127.0.0.1:{port}"
    if not (folder / WITNESS_SETTINGS).exists():
        keys = [str(log_signer(home, log).key) for log in LOGS]
        make_witness(folder, _NAME, keys, Mirroring(urls, token_file), port=port, note=_NOTE)
    _put(folder / WITNESS_SETTINGS, [(r"(?m)^port = \d+$", f"port = {port}"), *_moved(urls)])
    if not token_file.exists():
        supervisor = Unit.objects.filter(role="supervisor", is_active=True).order_by("pk").first()
        assert supervisor is not None, "the shipped notice names a supervisor"
        # A demonstration's accounts are named like their units.
        token = new_token(supervisor.slug, label="demo witness", scope="log")[1]
        replace_file(token_file, token.encode(), mode=0o600, durable=True)
    vkey = str(read_signer(folder, read_witness(folder).name).key)
    text = (home / SETTINGS).read_text(encoding="utf-8")
    if "[log]" not in text:
        added = f'\n\n# Beside the host, for the demonstration only.\n[log]\nwitnesses = ["{vkey} {address}"]\n'
        replace_file(home / SETTINGS, (text.rstrip() + added).encode(), mode=0o644, durable=True)
    _put(home / SETTINGS, [(rf'"{re.escape(vkey)} http://127\.0\.0\.1:\d+"', f'"{vkey} {address}"')])
    return address


def _moved(urls: list[str]) -> list[tuple[str, str]]:
    """Each log where it is now: HAIDANG_PORT may be another one at each start."""
    return [
        (rf'(?m)^url = "http://127\.0\.0\.1:\d+/api/v1/logs/{log}"$', f'url = "{url}"')
        for log, url in zip(LOGS, urls, strict=True)
    ]


def _put(path: Path, changes: list[tuple[str, str]]) -> None:
    """Replace what the patterns find, and the file only if that changes it."""
    before = path.read_text(encoding="utf-8")
    text = before
    for pattern, new in changes:
        text = re.sub(pattern, new.replace("\\", r"\\"), text)
    if text != before:
        replace_file(path, text.encode(), mode=path.stat().st_mode & 0o777, durable=True)
