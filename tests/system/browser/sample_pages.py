"""What the views would give the templates (docs/design/pages.md), with real-looking names, none and faults."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation

from system.browser.sample_logs import LOG_PAGES

SITES = (
    ("quy-nhon", "Quy Nhơn", ("Cầu cảng chính", "Cổng Trần Hưng Đạo", "Khu neo đậu phía đông", "Kho lạnh")),
    ("de-gi", "Đề Gi", ("Luồng vào 1", "Luồng vào 2", "Bến cá", "Đầm Đề Gi")),
    (
        "tam-quan",
        "Tam Quan",
        ("Cửa biển Tam Quan Bắc", "Khu neo đậu tránh trú bão số 2 phía bờ nam", "Cầu cảng", "Chợ cá"),
    ),
)
UNIT = "Ban Quản lý Cảng cá và Dịch vụ đô thị thị xã Hoài Nhơn"
RECORDING = SimpleNamespace(kind="recording", since=None, reason="", text="")


def now() -> datetime:
    return datetime.now(UTC)


def gap(minutes: int) -> SimpleNamespace:
    return SimpleNamespace(
        kind="gap",
        since=now() - timedelta(minutes=minutes),
        reason="camera_unreachable",
        text="Mất tín hiệu: không kết nối được camera",
    )


UNKNOWN = SimpleNamespace(kind="unknown", since=None, reason="", text="Chưa có tin từ camera")


def camera(site: int, number: int, state: Any = RECORDING) -> SimpleNamespace:
    slug, short, names = SITES[site]
    camera_slug = f"{slug}-{number + 1}"
    return SimpleNamespace(
        slug=camera_slug,
        name=names[number],
        site_slug=slug,
        site_short=short,
        url=f"/giam-sat/{camera_slug}",
        state=state,
        streams=["main", "sub"],
    )


def site(number: int) -> SimpleNamespace:
    slug, short, _names = SITES[number]
    return SimpleNamespace(slug=slug, name=f"Cảng cá và khu neo đậu {short}", short=short)


def wall(sites: int = 3, *, faults: bool = True) -> dict[str, Any]:
    down = {(1, 2): gap(37), (2, 1): gap(3000)} if faults else {}
    groups = [
        SimpleNamespace(site=site(s), cameras=[camera(s, n, down.get((s, n), RECORDING)) for n in range(4)])
        for s in range(sites)
    ]
    return {"sites": groups, "stats": {"cameras": 4 * sites, "down": len([key for key in down if key[0] < sites])}}


def camera_page(**changes: Any) -> dict[str, Any]:
    return {
        "camera": camera(1, 1),
        "site": site(1),
        "may_live": True,
        "may_playback": True,
        "may_hold": True,
        "kept_text": "Hình cũ nhất từ 26/10/2026 08:00, còn lưu 1 ngày",
        "live_refusal": None,
        "playback_refusal": None,
        "purposes": [SimpleNamespace(slug="antt", name="an ninh trật tự", clause="II.3")],
        "neighbours": [camera(1, 0), camera(1, 2), camera(1, 3)],
        "initial_at": None,
        "initial_stream": "main",
        "day": (now() + timedelta(hours=7)).strftime("%Y-%m-%d"),
        **changes,
    }


REFUSAL = SimpleNamespace(
    sentence="Tài khoản của Hội Liên hiệp Phụ nữ tỉnh Bình Định chưa được giao quyền xem lại; "
    "Viễn thông Bình Định cập nhật quyền theo văn bản của cấp có thẩm quyền.",
    clause="II.5",
    code="no_permit",
)


def account_page() -> dict[str, Any]:
    right = SimpleNamespace(
        scope="Cảng cá và khu neo đậu Tam Quan",
        actions=["xem trực tiếp", "xem lại"],
        purposes=["an ninh trật tự"],
        clause="II.7.a",
        document="Thông báo của UBND tỉnh Bình Định năm 2022",
        valid_from=date(2022, 1, 1),
        valid_to=None,
    )
    session = SimpleNamespace(name="a1", started_at=now() - timedelta(hours=2), seen_at=now(), current=True)
    other = SimpleNamespace(
        name="b2", started_at=now() - timedelta(days=1), seen_at=now() - timedelta(hours=9), current=False
    )
    token = SimpleNamespace(
        name="t1",
        label="Màn hình trực phòng 2",
        created_at=now() - timedelta(days=40),
        expires_at=now() + timedelta(days=50),
    )
    unit = SimpleNamespace(
        slug="bql-cang-ca-hoai-nhon",
        name=UNIT,
        name_en="",
        parent="Ủy ban nhân dân thị xã Hoài Nhơn",
        aliases=["Cảng cá Tam Quan"],
    )
    narrow = SimpleNamespace(
        **{**vars(right), "valid_to": date(2026, 12, 31), "purposes": [], "actions": ["xem trực tiếp"]}
    )
    return {"unit": unit, "rights": [right, narrow], "sessions": [session, other], "tokens": [token]}


def operations_page() -> dict[str, Any]:
    states: dict[tuple[int, int], Any] = {(1, 2): gap(37), (2, 1): gap(3000), (2, 3): UNKNOWN}
    rows = [
        SimpleNamespace(
            camera=camera(s, n),
            main=states.get(
                (s, n), SimpleNamespace(kind="recording", since=now() - timedelta(days=3), reason="", text="")
            ),
            sub=states.get((s, n), RECORDING) if n else None,
            address=f"10.20.{s}.{10 + n}:554",
            last_recorded_at=now() - timedelta(seconds=2) if (s, n) not in states else now() - timedelta(minutes=37),
            listed=(s, n) != (2, 3),
        )
        for s in range(3)
        for n in range(4)
    ]
    return {"cameras": rows, "stats": {"cameras": 12, "recording": 9, "down": 2, "unknown": 1}, "free_percent": 41}


def field(name: str, value: str = "", errors: tuple[str, ...] = ()) -> SimpleNamespace:
    return SimpleNamespace(id_for_label=f"id_{name}", html_name=name, value=value, errors=errors)


def login_form(*errors: str, username: str = "") -> SimpleNamespace:
    return SimpleNamespace(username=field("username", username), password=field("password"), non_field_errors=errors)


def password_form(*new_errors: str) -> SimpleNamespace:
    return SimpleNamespace(
        current=field("current"), new=field("new", errors=new_errors), repeat=field("repeat"), non_field_errors=()
    )


RULES = [
    "Ít nhất 12 ký tự, có chữ hoa, chữ thường, chữ số và ký tự đặc biệt; hoặc một câu ít nhất 4 từ, 24 ký tự.",
    "Không chứa tên tài khoản hoặc tên đơn vị.",
    "Không phải mật khẩu phổ biến.",
]
NOT_FOUND = {"status": 404, "title": "Không có trang này", "text": "Địa chỉ không đúng, hoặc trang không còn."}

#: name -> (template, context, whether somebody is logged in, room of the navigation)
PAGES: dict[str, tuple[str, dict[str, Any], bool, str]] = {
    "login": ("login", {"form": login_form(), "next": "", "locked_for_s": None, "ended": ""}, False, ""),
    "login-wrong": (
        "login",
        {
            "form": login_form("Tên tài khoản hoặc mật khẩu không đúng.", username="truc-ban"),
            "locked_for_s": None,
            "ended": "",
        },
        False,
        "",
    ),
    "login-locked": ("login", {"form": login_form(), "locked_for_s": 287, "ended": ""}, False, ""),
    "login-ended": (
        "login",
        {"form": login_form(), "ended": "Phiên đăng nhập đã kết thúc sau 8 giờ không thao tác."},
        False,
        "",
    ),
    "password": ("password", {"form": password_form(), "forced": True, "rules": RULES, "next": "/"}, True, ""),
    "password-wrong": (
        "password",
        {"form": password_form("Mật khẩu phải có ít nhất 12 ký tự."), "forced": False, "rules": RULES, "next": "/"},
        True,
        "account",
    ),
    "wall": ("wall", wall(), True, "wall"),
    "wall-1": ("wall", wall(1, faults=False), True, "wall"),
    "wall-empty": ("wall", {"sites": [], "stats": {"cameras": 0, "down": 0}}, True, "wall"),
    "camera": ("camera", camera_page(), True, "wall"),
    "camera-refused": (
        "camera",
        camera_page(may_live=False, may_playback=False, live_refusal=REFUSAL, playback_refusal=REFUSAL),
        True,
        "wall",
    ),
    "camera-live-only": ("camera", camera_page(may_playback=False, playback_refusal=REFUSAL), True, "wall"),
    "account": ("account", account_page(), True, "account"),
    "operations": ("operations", operations_page(), True, "operations"),
    "operations-empty": (
        "operations",
        {"cameras": [], "stats": {"cameras": 0, "recording": 0, "down": 0, "unknown": 0}, "free_percent": None},
        True,
        "operations",
    ),
    "refusal": ("refusal", {"refusal": REFUSAL, "back_url": "/giam-sat"}, True, ""),
    "error": ("error", NOT_FOUND, False, ""),
    **LOG_PAGES,
}


def render(name: str, language: str = "vi", path: str = "/", **changes: Any) -> str:
    """The page as the server would send it, without a database."""
    template, context, known, room = PAGES[name]
    request = RequestFactory().get(path)
    rooms = [
        ("wall", "Giám sát", "/giam-sat"),
        ("holds", "Lưu giữ", "/luu-giu"),
        ("operations", "Vận hành", "/van-hanh"),
        ("rights", "Phân quyền", "/phan-quyen"),
        ("logs", "Nhật ký", "/nhat-ky"),
        ("account", "Tài khoản", "/tai-khoan"),
    ]
    page = {
        "account": SimpleNamespace(
            username="truc-ban-tam-quan",
            display_name="Nguyễn Thị Hải Yến",
            unit=UNIT,
            unit_slug="bql-cang-ca-hoai-nhon",
        )
        if known
        else None,
        "nav": [SimpleNamespace(key=key, label=label, url=url, current=key == room) for key, label, url in rooms]
        if known
        else [],
        "languages": [("vi", "Tiếng Việt"), ("en", "English")],
        "LANGUAGE_CODE": language,
        "server_now": now(),
        "session_idle_s": 8 * 3600,
        "request": request,
        "csrf_token": get_token(request),
        **context,
        **changes,
    }
    with translation.override(language):
        return render_to_string(f"web/{template}.html", page)
