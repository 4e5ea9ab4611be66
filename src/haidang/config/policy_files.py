"""Policy sets on disk: a whole set, or one laid over the set beside it that it extends."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from haidang.core.errors import InvalidInput
from haidang.core.policy import FILES, Finding, Notice, compile_policies, lint, parse_notice
from haidang.core.policy.overlay import OVERLAY_FILES, extends, parse_overlay

__all__ = ["DEFAULT_SET", "lint_policy_set", "read_policy_set"]

DEFAULT_SET = "binh-dinh-2022"


def read_policy_set(folder: Path | None = None) -> Notice:
    """Read and compile a policy set, the shipped one by default. Raises InvalidInput (``policy_set``)."""
    texts, base = _read(folder or settings.HAIDANG_POLICIES / DEFAULT_SET)
    notice = parse_notice(texts) if base is None else parse_overlay(texts, base)
    compile_policies(notice.grants, notice.base, notice.schema)
    return notice


def lint_policy_set(folder: Path | None = None) -> list[Finding]:
    """Every mistake of a set at once. Raises InvalidInput where it cannot be read at all."""
    return lint(*_read(folder or settings.HAIDANG_POLICIES / DEFAULT_SET))


def _read(folder: Path) -> tuple[dict[str, str], Notice | None]:
    """The texts, and the notice that they extend, if they do."""
    texts = {FILES[0]: _text(folder / FILES[0])}
    over = extends(texts)
    texts |= {name: _text(folder / name) for name in (OVERLAY_FILES if over else FILES)}
    return texts, read_policy_set(folder.parent / over) if over else None


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"couldn't read {path}: {error}", code="policy_set") from error
