"""The access log as a list to hand over: a table and a signature beside it, in one archive. No pictures.

Law: a list is whole or refused; one that is too long is refused with the way out, never cut.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from haidang.audit.models import Entry
from haidang.audit.queries import Cursor, counted, entries, page_of
from haidang.core.errors import InvalidInput
from haidang.core.signed_list import BOM, ListStatement, csv_lines, sign_list
from haidang.core.tlog.notes import Signer
from haidang.core.units import VIETNAM, to_datetime
from haidang.web.access_log_asked import Asked, Reader, wanted_of
from haidang.web.access_log_rows import LogRow, rows_of

__all__ = ["MOST_ROWS", "ExportedList", "list_of"]

MOST_ROWS = 100_000
_CHUNK = 1000
_FILE = "nhat-ky-truy-cap.csv"


@dataclass(frozen=True, slots=True)
class ExportedList:
    """``sha256`` is the table's, as signed and as the log keeps it."""

    archive: bytes
    sha256: str
    rows: int


def list_of(asked: Asked, reader: Reader, signer: Signer) -> ExportedList:
    """The list of what is asked for. Raises InvalidInput (``list_too_long``)."""
    found = entries(reader.scope, wanted_of(asked, reader))
    if counted(found, MOST_ROWS) > MOST_ROWS:
        raise InvalidInput(f"couldn't make the list: more than {MOST_ROWS} rows", code="list_too_long")
    table = io.BytesIO()
    table.write((BOM + csv_lines([_head()])).encode())
    number = 0
    for chunk in _chunks(asked, reader):
        number += len(chunk)
        table.write(csv_lines(_cells(row) for row in chunk).encode())
    content = table.getvalue()
    made_at = f"{to_datetime(reader.now).astimezone(VIETNAM):%Y-%m-%dT%H:%M:%S+07:00}"
    about = f"{reader.reach} {asked.days} {asked.filters}".strip()
    statement = ListStatement(_FILE, hashlib.sha256(content).hexdigest(), number, made_at, about)
    return ExportedList(_archive(content, sign_list(statement, signer), signer), statement.sha256, number)


def _chunks(asked: Asked, reader: Reader) -> Iterator[list[LogRow]]:
    after: Cursor | None = None
    while True:
        shown: list[Entry]
        shown, after = page_of(entries(reader.scope, wanted_of(asked, reader)), after, _CHUNK)
        yield rows_of(shown, reader)
        if after is None:
            return


def _head() -> list[str]:
    return [
        _("Số mục"), _("Thời gian (GMT+7)"), _("Tài khoản"), _("Người"), _("Đơn vị"), _("Việc"), _("Đối tượng"),
        _("Mục đích"), _("Quyết định"), _("Căn cứ"), _("Thời gian hình ảnh"),
    ]  # fmt: skip


def _cells(row: LogRow) -> list[str]:
    at = f"{row.at.astimezone(VIETNAM):%d/%m/%Y %H:%M:%S}"
    account, person = (row.username, row.person) if row.username else (row.person, "")
    return [
        str(row.number), at, account, person, row.unit, row.what, row.about, row.purpose, row.decision_text, row.clause,
        row.minutes,
    ]  # fmt: skip


def _archive(content: bytes, signature: bytes, signer: Signer) -> bytes:
    words = _(
        "Tệp .csv mở được bằng phần mềm bảng tính. Tệp .sig là chữ ký của hệ thống trên mã băm SHA-256 của tệp .csv.\n"
        "Kiểm tra: haidang log verify-list %(file)s --key <khóa do đơn vị vận hành công bố>\n"
        "Người ký: %(name)s\n"
    ) % {"file": _FILE, "name": signer.key.name}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(_FILE, content)
        archive.writestr(f"{_FILE}.sig", signature)
        archive.writestr("doc-truoc.txt", words)
    return packed.getvalue()
