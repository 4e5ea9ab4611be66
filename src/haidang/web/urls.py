"""The site map (docs/design/pages.md)."""

from __future__ import annotations

from django.urls import path

from haidang.web.api.v1 import api
from haidang.web.views.account import account, end_own_session
from haidang.web.views.health import health
from haidang.web.views.login import choose_language, login, logout, password
from haidang.web.views.operations import operations
from haidang.web.views.watch import camera, home, wall

urlpatterns = [
    path("", home, name="home"),
    # coming in
    path("dang-nhap", login, name="login"),
    path("dang-xuat", logout, name="logout"),
    path("doi-mat-khau", password, name="password"),
    path("ngon-ngu", choose_language, name="language"),
    # watching
    path("giam-sat", wall, name="wall"),
    path("giam-sat/<slug:slug>", camera, name="camera"),
    # the own account
    path("tai-khoan", account, name="account"),
    path("tai-khoan/phien/<str:name>/ket-thuc", end_own_session, name="end_session"),
    # operating
    path("van-hanh", operations, name="operations"),
    path("healthz", health, name="health"),
    # programs and the pages' own scripts
    path("api/v1/", api.urls),
]
