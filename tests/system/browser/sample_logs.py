"""The access log as its views would give it: many rows and long names, none, one entry, and one that was changed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

UNIT = "Ban Quản lý Cảng cá và Dịch vụ đô thị thị xã Hoài Nhơn"
NAMES = ("Nguyễn Thị Phương Thảo", "Huỳnh Nguyễn Hoàng Minh Quân Công Tằng Tôn Nữ", "", "Màn hình phòng trực ban số 2")
TABS = [
    SimpleNamespace(label="Nhật ký truy cập", url="/nhat-ky/truy-cap", current=True),
    SimpleNamespace(label="Nhật ký của tôi", url="/nhat-ky/cua-toi", current=False),
]


def row(number: int) -> SimpleNamespace:
    denied, person = number % 5 == 3, NAMES[number % 4]
    return SimpleNamespace(
        number=number, url=f"/nhat-ky/muc/{number}", at=datetime.now(UTC) - timedelta(minutes=7 * number),
        person=person, username="nguyen-thi-phuong-thao-ca-truc-dem" if person else "", unit=UNIT if person else "",
        terminal=number % 4 == 3, by_reader=False, what="Xem lại" if denied else "Kết thúc xem lại",
        about="Tam Quan · Khu neo đậu tránh trú bão số 2 phía bờ nam", purpose="" if denied else "An ninh trật tự",
        decision="deny" if denied else "", decision_text="từ chối" if denied else "",
        clause="II.7.a-1" if denied else "",
        minutes="" if denied else "25/11/2026 19:09:03–19:17:23 (7 phút 12 giây)",
    )  # fmt: skip


def log_page(rows: int, **changes: Any) -> dict[str, Any]:
    today = datetime.now(UTC).date()
    asked = SimpleNamespace(
        first=today - timedelta(days=6), last=today, unit="", who="", camera="", site="", kind="", decision="",
        misread="", filtered=False, narrowed=True,
    )  # fmt: skip
    kinds = [("", "?", True), ("xem hình ảnh", "?loai=xem", False), ("lưu giữ, trích xuất", "?loai=luu-giu", False)]
    return {
        "log_tabs": TABS, "own": False, "reach": "all", "unit": UNIT, "asked": asked,
        "rows": [row(number) for number in range(rows)], "number": 10_000 if rows else 0,
        "number_text": "10.000" if rows else "0", "more_than": bool(rows), "first_page_url": "?" if rows else "",
        "next_url": "?sau=1.1" if rows else "", "query": "tu=2026-11-19",
        "units": [SimpleNamespace(slug="bql", name=UNIT)], "cameras": [("tam-quan-2", "Tam Quan · Cầu cảng")],
        "sites": [("tam-quan", "Tam Quan")], "kinds": kinds, "decisions": [("tu-choi", "từ chối")],
        "summary": {"views": "8.763", "refused": "82", "units": [(UNIT, "8.763", "82")] if rows else []},
        "too_long": False, **changes,
    }  # fmt: skip


def entry_page(state: str) -> dict[str, Any]:
    proof = SimpleNamespace(
        state=state, index=100_214, size=100_993, origin="haidang.local/90a75c991f2d71cc/acts",
        root="NmedOeHxzNeFXdEjNW2TWGeXqXJFTmU/ILvABCbqErw=", cosigned=(("so-tttt.binhdinh.gov.vn", datetime.now(UTC)),),
    )  # fmt: skip
    facts = [("Bắt đầu lúc", "25/11/2026 20:59:03"), ("Lý do", "người xem dừng"), ("Vé truy cập", "aB3dE6gH9jK2mN5p")]
    return {
        "log_tabs": TABS, "row": row(1), "facts": facts, "policies": ["II.7.a-1:bql-cang-ca-hoai-nhon:tam-quan"],
        "proof": proof, "back_url": "/nhat-ky/truy-cap",
    }  # fmt: skip


RUN = SimpleNamespace(
    number=12, state="done", deep=True, asked_by=f"Nguyễn Thị Phương Thảo, {UNIT}", asked_at="25/11/2026 21:00:00",
    started_at="25/11/2026 21:00:10", finished_at="25/11/2026 23:41:07", phase="đối chiếu tệp ghi hình", percent=37,
    wrong=3, sha256="d47eb901" * 8,
)  # fmt: skip
WRONG = (
    "Tam Quan · Khu neo đậu tránh trú bão số 2 (main): Mất tệp ghi hình: nhật ký có, kho không có và chưa hết hạn lưu "
    "trữ. Từ 25/11/2026 19:09:03 đến 19:14:03. tam-quan/tam-quan-khu-neo-dau-2/2026-11-25/120903.678Z-main.mp4"
)
LINE = SimpleNamespace(
    name="Nhật ký ghi hình", origin="haidang.local/90a75c991f2d71cc/record", size=630_720_123,
    cosigned_size=630_720_111, cosigned_at="25/11/2026 23:41:07", stamped_at="25/11/2026 23:40:00",
    witnesses=("chung-kien.so-tttt.binhdinh.gov.vn", "chung-kien.cong-an-tinh.binhdinh.gov.vn"),
)  # fmt: skip
REPORT = SimpleNamespace(
    facts={
        "files": 1_105_920, "hashed_bytes": 32_000_000_000_000, "entries": 630_720_123, "acts_rows": 88_123,
        "checkpoints": {"record": {"size": 630_720_123, "root": "ab" * 32}},
        "remembered": [
            {"witness": LINE.witnesses[0], "log": "record", "size": 9, "cosigned_at": "25/11/2026 23:41:07"}
        ],
    },
    wrong=[WRONG] * 3, notes=["Nhật ký im lặng. Từ 25/11/2026 10:00:00 đến 10:05:00."], more=4,
)  # fmt: skip


def runs_page(**changes: Any) -> dict[str, Any]:
    warning = SimpleNamespace(kind="refused", sentence="Nhật ký ghi hình: BÁO ĐỘNG: bên chứng kiến đã thấy khác.")
    return {
        "log_tabs": TABS, "running": None, "done": [RUN], "logs": [LINE], "warnings": [warning], **changes,
    }  # fmt: skip


RECONCILED = {"log_tabs": TABS, "run": RUN, "report": REPORT, "papers_key": "haidang.local/88d2e324/papers+14+AQ"}

LOG_PAGES: dict[str, tuple[str, dict[str, Any], bool, str]] = {
    "access-log": ("access_log", log_page(40), True, "logs"),
    "access-log-empty": (
        "access_log",
        log_page(0, log_tabs=[], own=True, units=(), sites=[], summary=None),
        True,
        "logs",
    ),
    "access-log-entry": ("access_log_entry", entry_page("holds"), True, "logs"),
    "reconciliations": ("reconciliations", runs_page(), True, "logs"),
    "reconciliations-running": (
        "reconciliations",
        runs_page(running=SimpleNamespace(**{**RUN.__dict__, "state": "running"}), done=[], logs=[], warnings=[]),
        True,
        "logs",
    ),
    "reconciliation": ("reconciliation", RECONCILED, True, "logs"),
    "reconciliation-print": (
        "reconciliation_print",
        {**RECONCILED, "operator": "Viễn thông Bình Định", "sha256": RUN.sha256},
        True,
        "logs",
    ),
    "access-log-changed": ("access_log_entry", entry_page("broken"), True, "logs"),
}
