"""What is handed over of the access log: a signed list, and the proof of one entry. No pictures.

Laws: the same scope as the pages; a list that leaves is itself an entry, with the hash of what left.
"""

from __future__ import annotations

import re

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from haidang.accounts.entities import account_uid
from haidang.audit.actions import record
from haidang.audit.queries import entry_seen, log_index_of
from haidang.core.errors import InvalidInput, NotFound
from haidang.core.policy import SYSTEM_UID
from haidang.core.row_proof import RowProof
from haidang.core.units import WallUs
from haidang.host.clock import wall_clock
from haidang.host.signers import papers_signer
from haidang.web.access_log_asked import asked_of, note_entry_read, reader_of
from haidang.web.access_log_entry import row_proof_of
from haidang.web.access_log_list import MOST_ROWS, list_of
from haidang.web.access_log_words import number_text
from haidang.web.present import Refusal
from haidang.web.session import credential_of
from haidang.web.views.access_log import others_log

__all__ = ["log_entry_proof", "log_entry_tlog_proof", "log_export"]

_UNSAFE = re.compile(r"[^0-9a-z-]")


@require_POST
def log_export(request: HttpRequest) -> HttpResponse:
    """The list that the page shows, whole and signed."""
    reader = others_log(request)
    asked = asked_of(request.GET, now=reader.now)
    try:
        made = list_of(asked, reader, papers_signer(settings.HAIDANG_HOME))
    except InvalidInput as error:
        sentence = _(
            "Không kết xuất được: danh sách dài hơn %(most)s mục. Chọn khoảng ngày ngắn hơn hoặc lọc theo đơn vị, rồi "
            "kết xuất từng phần."
        ) % {"most": number_text(MOST_ROWS)}
        context = {"refusal": Refusal(sentence, "", error.code), "back_url": request.get_full_path()}
        return render(request, "web/refusal.html", context, status=422)
    record(
        now=reader.now, actor=str(account_uid(reader.account.username)), action="export_access_log",
        resource=SYSTEM_UID, decision="allow", facts={
            "session": reader.credential.name, "reach": reader.reach, "days": asked.days, "filters": asked.filters,
            "rows": made.rows, "sha256": made.sha256,
        },
    )  # fmt: skip
    return _file(made.archive, "application/zip", f"nhat-ky-{asked.first}-{asked.last}.zip")


@require_safe
def log_entry_proof(request: HttpRequest, number: int) -> HttpResponse:
    """Row, salt, commitment and proof in one file."""
    made = _proof(request, number, wall_clock())
    return _file(made.text, "application/json", f"bang-chung-{number}.json")


@require_safe
def log_entry_tlog_proof(request: HttpRequest, number: int) -> HttpResponse:
    """The proof alone, as other tools read it."""
    made = _proof(request, number, wall_clock())
    return _file(made.proof.text, "text/plain; charset=utf-8", f"muc-{number}.tlog-proof")


def _proof(request: HttpRequest, number: int, now: WallUs) -> RowProof:
    credential = credential_of(request)
    reader = reader_of(credential, now=now)
    entry = entry_seen(reader.scope, number)
    index = log_index_of(entry)
    if index is None or credential.account.kind == "terminal":
        raise NotFound("couldn't find the proof: the entry is not logged yet", code="not_found")
    note_entry_read(reader, entry)
    return row_proof_of(entry, index, settings.HAIDANG_HOME)[0]


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    stem, dot, ending = name.rpartition(".")
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{_UNSAFE.sub("", stem)}{dot}{ending}"'
    return answer
