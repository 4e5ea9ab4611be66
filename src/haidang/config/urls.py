"""Root addresses: everything is in ``haidang.web.urls``, which reads as a site map."""

from django.urls import include, path

urlpatterns = [path("", include("haidang.web.urls"))]

handler400 = "haidang.web.views.errors.bad_request"
handler403 = "haidang.web.views.errors.permission_denied"
handler404 = "haidang.web.views.errors.not_found"
handler500 = "haidang.web.views.errors.server_error"
