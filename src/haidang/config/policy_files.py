"""Policy sets on disk."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from haidang.core.errors import InvalidInput
from haidang.core.policy import FILES, Notice, compile_policies, parse_notice

__all__ = ["DEFAULT_SET", "read_policy_set"]

DEFAULT_SET = "binh-dinh-2022"


def read_policy_set(folder: Path | None = None) -> Notice:
    """Read and compile a policy set, the shipped one by default. Raises InvalidInput (``policy_set``)."""
    folder = folder or settings.HAIDANG_POLICIES / DEFAULT_SET
    texts = {}
    for name in FILES:
        try:
            texts[name] = (folder / name).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise InvalidInput(f"couldn't read {folder / name}: {error}", code="policy_set") from error
    notice = parse_notice(texts)
    compile_policies(notice.grants, notice.base, notice.schema)
    return notice
