"""The WSGI application that the server loads: `editor.wsgi:application`."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from editor.lib.garbage import settle

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "editor.settings")
application = get_wsgi_application()
get_resolver().url_patterns  # noqa: B018 - loads every view
settle()
