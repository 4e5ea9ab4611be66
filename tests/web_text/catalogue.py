"""Reading a gettext catalogue (.po) without gettext's tools."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from web_text.messages_in_use import Message

LINE = re.compile(r'^(msgid_plural|msgid|msgstr(?:\[\d\])?)?\s*(".*")$')


def read_catalogue(path: Path) -> dict[Message, list[str]]:
    """Message -> its translations (one, or one for each plural form). Fuzzy entries count as untranslated."""
    entries: dict[Message, list[str]] = {}
    for block in path.read_text(encoding="utf-8").split("\n\n"):
        fields: dict[str, str] = {}
        key = ""
        for line in block.splitlines():
            if line.startswith("#"):
                continue
            found = LINE.match(line)
            assert found, f"couldn't read {line!r} in {path.name}"
            key = found[1] or key
            fields[key] = fields.get(key, "") + str(ast.literal_eval(found[2]))
        if fields.get("msgid"):
            strings = [value for name, value in sorted(fields.items()) if name.startswith("msgstr")]
            fuzzy = any(line.startswith("#,") and "fuzzy" in line for line in block.splitlines())
            entries[Message(fields["msgid"], fields.get("msgid_plural", ""))] = [] if fuzzy else strings
    return entries
