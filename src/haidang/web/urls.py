"""The site map (docs/design/pages.md)."""

from __future__ import annotations

from django.urls import path

from haidang.web.api.v1 import api
from haidang.web.views.access_log import access_log, log_entry, logs, own_log
from haidang.web.views.access_log_papers import log_entry_proof, log_entry_tlog_proof, log_export
from haidang.web.views.account import account, alert_noted, end_own_session, end_own_token
from haidang.web.views.alerts import alert_note, alert_note_all, alerts
from haidang.web.views.factors import (
    end_own_factor,
    factor_passkey,
    factor_recovery,
    factor_totp,
    factors,
    second_factor,
)
from haidang.web.views.health import health
from haidang.web.views.holds import hold, hold_extend, hold_new, hold_release, holds, retention
from haidang.web.views.login import choose_language, login, logout, password, pledge
from haidang.web.views.operations import operations
from haidang.web.views.organisations import organisation, organisation_back, organisation_link
from haidang.web.views.people import people, person, person_new
from haidang.web.views.people_acts import person_act, request_act, unit_focal, unit_single_session
from haidang.web.views.people_forms import form_handover, form_pledge
from haidang.web.views.policy_changes import (
    change,
    change_approve,
    change_new,
    change_refuse,
    change_withdraw,
    changes,
)
from haidang.web.views.reconciliations import (
    reconciliation,
    reconciliation_minutes,
    reconciliation_print,
    reconciliations,
)
from haidang.web.views.reviews import review, review_print, reviews
from haidang.web.views.rights import matrix, open_points, rights, unit_sheet, who
from haidang.web.views.self_test import self_test, self_test_bytes, self_test_pulse
from haidang.web.views.terminal import terminal, terminal_health, terminal_key
from haidang.web.views.terminals import terminal_new_code, terminal_revoke, terminals
from haidang.web.views.watch import camera, home, wall

urlpatterns = [
    path("", home, name="home"),
    # coming in
    path("dang-nhap", login, name="login"),
    path("dang-nhap/xac-thuc", second_factor, name="second_factor"),
    path("dang-nhap/to-chuc/<slug:provider>/", organisation, name="organisation"),
    path("dang-nhap/to-chuc/<slug:provider>/ve", organisation_back, name="organisation_back"),
    path("dang-xuat", logout, name="logout"),
    path("doi-mat-khau", password, name="password"),
    path("cam-ket", pledge, name="pledge"),
    path("ngon-ngu", choose_language, name="language"),
    # watching
    path("giam-sat", wall, name="wall"),
    path("giam-sat/<slug:slug>", camera, name="camera"),
    # what must not expire
    path("luu-giu", holds, name="holds"),
    path("luu-giu/moi", hold_new, name="hold_new"),
    path("luu-giu/<int:number>", hold, name="hold"),
    path("luu-giu/<int:number>/gia-han", hold_extend, name="hold_extend"),
    path("luu-giu/<int:number>/ket-thuc", hold_release, name="hold_release"),
    # the own account
    path("tai-khoan", account, name="account"),
    path("tai-khoan/phien/<str:name>/ket-thuc", end_own_session, name="end_session"),
    path("tai-khoan/khoa/<str:name>/ket-thuc", end_own_token, name="end_token"),
    path("tai-khoan/canh-bao/<int:number>/da-xem", alert_noted, name="alert_noted"),
    path("tai-khoan/xac-thuc", factors, name="factors"),
    path("tai-khoan/lien-ket/<slug:provider>", organisation_link, name="organisation_link"),
    path("tai-khoan/xac-thuc/ung-dung", factor_totp, name="factor_totp"),
    path("tai-khoan/xac-thuc/khoa", factor_passkey, name="factor_passkey"),
    path("tai-khoan/xac-thuc/ma-du-phong", factor_recovery, name="factor_recovery"),
    path("tai-khoan/xac-thuc/<int:number>/ket-thuc", end_own_factor, name="end_factor"),
    # operating
    path("van-hanh", operations, name="operations"),
    # duty screens, and why a picture is poor
    path("man-hinh", terminal, name="terminal"),
    path("man-hinh/khoa", terminal_key, name="terminal_key"),
    path("man-hinh/suc-khoe", terminal_health, name="terminal_health"),
    path("phan-quyen/thiet-bi", terminals, name="terminals"),
    path("phan-quyen/thiet-bi/<str:username>/ma-moi", terminal_new_code, name="terminal_new_code"),
    path("phan-quyen/thiet-bi/<str:username>/thu-hoi", terminal_revoke, name="terminal_revoke"),
    # rights: who may what, on which day, and its changes
    path("phan-quyen/tai-khoan", people, name="people"),
    path("phan-quyen/tai-khoan/moi", person_new, name="person_new"),
    path("phan-quyen/tai-khoan/yeu-cau/<int:number>/<slug:verb>", request_act, name="request_act"),
    path("phan-quyen/tai-khoan/<slug:username>", person, name="person"),
    path("phan-quyen/tai-khoan/<slug:username>/bien-ban", form_handover, name="form_handover"),
    path("phan-quyen/tai-khoan/<slug:username>/cam-ket", form_pledge, name="form_pledge"),
    path("phan-quyen/tai-khoan/<slug:username>/<slug:verb>", person_act, name="person_act"),
    path("phan-quyen/don-vi/<slug:slug>/mot-phien", unit_single_session, name="unit_single_session"),
    path("phan-quyen/don-vi/<slug:slug>/dau-moi", unit_focal, name="unit_focal"),
    path("phan-quyen", rights, name="rights"),
    path("phan-quyen/canh-bao", alerts, name="alerts"),
    path("phan-quyen/canh-bao/ghi-nhan", alert_note_all, name="alert_note_all"),
    path("phan-quyen/canh-bao/<int:number>/ghi-nhan", alert_note, name="alert_note"),
    path("phan-quyen/ma-tran", matrix, name="matrix"),
    path("phan-quyen/don-vi/<slug:slug>", unit_sheet, name="unit_sheet"),
    path("phan-quyen/ai-co-quyen", who, name="who"),
    path("phan-quyen/diem-mo", open_points, name="open_points"),
    path("phan-quyen/thoi-han-luu-tru", retention, name="retention"),
    path("phan-quyen/thay-doi", changes, name="changes"),
    path("phan-quyen/thay-doi/moi", change_new, name="change_new"),
    path("phan-quyen/thay-doi/<int:number>", change, name="change"),
    path("phan-quyen/thay-doi/<int:number>/phe-duyet", change_approve, name="change_approve"),
    path("phan-quyen/thay-doi/<int:number>/tu-choi", change_refuse, name="change_refuse"),
    path("phan-quyen/thay-doi/<int:number>/rut", change_withdraw, name="change_withdraw"),
    path("phan-quyen/ra-soat", reviews, name="reviews"),
    path("phan-quyen/ra-soat/<int:number>", review, name="review"),
    path("phan-quyen/ra-soat/<int:number>/in", review_print, name="review_print"),
    # the log: who watched what, who was refused, what changed
    path("nhat-ky", logs, name="logs"),
    path("nhat-ky/truy-cap", access_log, name="access_log"),
    path("nhat-ky/doi-soat", reconciliations, name="reconciliations"),
    path("nhat-ky/doi-soat/<int:number>", reconciliation, name="reconciliation"),
    path("nhat-ky/doi-soat/<int:number>/in", reconciliation_print, name="reconciliation_print"),
    path("nhat-ky/doi-soat/<int:number>/bien-ban.txt", reconciliation_minutes, name="reconciliation_minutes"),
    path("nhat-ky/truy-cap/ket-xuat", log_export, name="log_export"),
    path("nhat-ky/cua-toi", own_log, name="own_log"),
    path("nhat-ky/muc/<int:number>", log_entry, name="log_entry"),
    path("nhat-ky/muc/<int:number>/bang-chung.json", log_entry_proof, name="log_entry_proof"),
    path("nhat-ky/muc/<int:number>/tlog-proof", log_entry_tlog_proof, name="log_entry_tlog_proof"),
    path("tu-kiem-tra", self_test, name="self_test"),
    path("tu-kiem-tra/nhip", self_test_pulse, name="self_test_pulse"),
    path("tu-kiem-tra/du-lieu", self_test_bytes, name="self_test_bytes"),
    path("healthz", health, name="health"),
    # programs and the pages' own scripts
    path("api/v1/", api.urls),
]
