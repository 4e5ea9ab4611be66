"""Access reviews as their pages show them: a review with its progress, a line with who may judge it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as lazy

from haidang.accounts.models import Account
from haidang.accounts.reviews import LineStanding, ReviewStanding
from haidang.core.units import WallUs, to_datetime
from haidang.web.people_words import name_of

__all__ = ["LineRow", "ReviewRow", "line_row", "problem_of", "review_row"]

_STATES: dict[str, Promise] = {
    "open": lazy("đang rà soát"),
    "overdue": lazy("quá hạn"),
    "signed": lazy("đã ký"),
}
_VERDICTS: dict[str, Promise] = {
    "keep": lazy("giữ"),
    "lock": lazy("khóa"),
    "revoke": lazy("thu hồi"),
    "moved": lazy("đã chuyển đơn vị"),
    "": lazy("chưa rà soát"),
}
_PROBLEMS: dict[str, Promise] = {
    "review_incomplete": lazy(
        "Chưa ký được: mỗi tài khoản phải được chọn giữ hoặc khóa, kể cả tài khoản của người ký "
        "(do người quản lý khác của đơn vị hoặc cơ quan theo dõi, hướng dẫn chọn)."
    ),
    "review_line": lazy("Không thực hiện được: có tài khoản không thuộc đợt rà soát này. Đề nghị tải lại trang."),
    "review_verdict": lazy("Không thực hiện được: mỗi tài khoản chỉ được chọn giữ hoặc khóa."),
    "review_signed": lazy("Không thực hiện được: bản rà soát đã được ký, không thay đổi được nữa."),
    "review_open": lazy("Không mở được: đơn vị đã có đợt rà soát chưa ký, hoặc chưa có tài khoản."),
    "own_account": lazy("Không thực hiện được: không ai tự quyết định về tài khoản của chính mình (mục I.1)."),
    "not_reviewer": lazy("Không thực hiện được: việc này thuộc người quản lý của đơn vị (mục I.1)."),
}


@dataclass(frozen=True, slots=True)
class ReviewRow:
    number: int
    title: str
    unit: str
    parent: str
    due_on: date
    state: str
    state_text: str
    lines: int
    done: int
    locked: int
    opened_by: str
    opened_at: datetime
    signed_by: str
    #: As printed under a signature: the person's name; "" where only the account's is known, for a hand to write.
    signer_name: str
    signed_position: str
    signed_at: datetime | None
    note: str
    unmanaged: bool


@dataclass(frozen=True, slots=True)
class LineRow:
    """``choosable``: the reader may say it. ``own``: the reader's own account."""

    username: str
    name: str
    position: str
    is_person: bool
    is_manager: bool
    active: bool
    was_active: bool
    last_seen_at: datetime | None
    verdict: str
    verdict_text: str
    choosable: bool
    own: bool


def review_row(standing: ReviewStanding, *, unmanaged: bool = False) -> ReviewRow:
    row = standing.review
    return ReviewRow(
        number=row.pk,
        title=row.title,
        unit=row.unit.name,
        parent=row.unit.parent.name if row.unit.parent else "",
        due_on=row.due_on,
        state=standing.state,
        state_text=str(_STATES[standing.state]),
        lines=standing.lines,
        done=standing.lines - standing.waiting,
        locked=standing.locked,
        opened_by=name_of(row.opened_by),
        opened_at=to_datetime(WallUs(row.opened_at)),
        signed_by="" if row.signed_by is None else name_of(row.signed_by),
        signer_name="" if row.signed_by is None else row.signed_by.display_name,
        signed_position="" if row.signed_by is None else row.signed_by.position,
        signed_at=None if row.signed_at is None else to_datetime(WallUs(row.signed_at)),
        note=row.note,
        unmanaged=unmanaged and standing.state != "signed",
    )


def line_row(standing: LineStanding, reader: Account, *, manages: bool, supervises: bool) -> LineRow:
    """``manages``: the reader manages the review's unit; ``supervises``: the reader is a second person over units."""
    line, account = standing.line, standing.account
    verdict = "moved" if standing.moved else line.verdict
    said = "revoke" if verdict == "lock" and account.kind == "terminal" else verdict
    own = account.pk == reader.pk
    return LineRow(
        username=account.username,
        name=account.display_name,
        position=account.position,
        is_person=account.kind == "person",
        is_manager=account.is_manager,
        active=account.is_active,
        was_active=line.was_active,
        last_seen_at=None if line.last_seen_at is None else to_datetime(WallUs(line.last_seen_at)),
        verdict=verdict,
        verdict_text=str(_VERDICTS.get(said, said)),
        choosable=not standing.moved and not own and (manages or (supervises and account.is_manager)),
        own=own,
    )


def problem_of(code: str) -> str:
    """Why not, in words; "" for what these pages do not know."""
    return str(_PROBLEMS.get(code, ""))
