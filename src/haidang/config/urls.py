"""Root addresses: everything is in ``haidang.web.urls``, which reads as a site map."""

from django.urls import include, path

urlpatterns = [path("", include("haidang.web.urls"))]
