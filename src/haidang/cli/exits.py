"""Exit codes and the one map from errors to them."""

from __future__ import annotations

import json
import sys
from typing import Final

from haidang.core.errors import HaidangError, InvalidInput

__all__ = ["INTERRUPTED", "NO", "OK", "USAGE", "report"]

OK: Final = 0
#: The answer is no, or something is wrong.
NO: Final = 1
USAGE: Final = 2
#: Ctrl-C, as shells count it.
INTERRUPTED: Final = 130


def report(error: HaidangError, *, as_json: bool) -> int:
    """Tell the error on stderr and return the exit code for it."""
    if as_json:
        shown = json.dumps({"code": error.code, "clause": error.clause, "message": str(error)}, ensure_ascii=False)
        print(shown, file=sys.stderr)
    else:
        print(f"haidang: {error} [{error.code}]", file=sys.stderr)
    return USAGE if isinstance(error, InvalidInput) else NO
