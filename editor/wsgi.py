"""The WSGI application that the server loads: `editor.wsgi:application`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "editor.settings")
application = get_wsgi_application()
