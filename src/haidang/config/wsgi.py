"""The WSGI application: pages and API on gunicorn (``config.serve``)."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "haidang.config.django_settings")
application = get_wsgi_application()
