"""The web server alone: `./manage.py web`, as often as it takes; `./manage.py worker` beside it."""

import os
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connections


class Command(BaseCommand):
    help = "Serve pages and the sandbox at HOST:PORT until SIGTERM or Ctrl-C."

    def handle(self, **options: Any) -> None:
        connections.close_all()
        os.chdir(settings.BASE_DIR)
        command = command_line()
        os.execv(command[0], command)  # noqa: S606 - becomes the server, which gets the signals itself


def command_line() -> list[str]:
    """Of the web server. It ends itself when the listening socket is taken."""
    return [
        sys.executable, "-m", "granian", "editor.wsgi:application",
        "--interface", "wsgi",
        "--host", settings.HOST,
        "--port", str(settings.PORT),
        "--workers", str(settings.WEB_PROCESSES),
        "--blocking-threads", str(settings.WEB_THREADS),
        "--log-level", "error",
        "--no-ws",
    ]  # fmt: skip
