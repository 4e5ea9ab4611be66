"""Importing this module sets Django up from ``HAIDANG_DIR``. Import it before anything that has models."""

from __future__ import annotations

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "haidang.config.django_settings")
django.setup()
