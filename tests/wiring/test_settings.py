"""Settings from the environment: what a wrong one says, and what https switches on."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
TOLD = """
import json
from editor import settings
names = ["ALLOWED_HOSTS", "SESSION_COOKIE_SECURE", "SECURE_HSTS_SECONDS", "SANDBOX_URL",
         "WEBHOOK_URL", "ACCOUNT_EMAIL_VERIFICATION", "CSRF_TRUSTED_ORIGINS"]
print(json.dumps({name: getattr(settings, name) for name in names}))
"""


def python(*arguments, **environment):
    """A new Python with this environment and nothing of ours beside it."""
    plain = {"PATH": os.environ["PATH"], "DATA_DIR": os.environ["DATA_DIR"]}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=plain | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_all_wrong_values_are_named_together():
    answer = python(
        "manage.py",
        "check",
        PORT="x",
        LOG_LEVEL="loud",
        ENCRYPTION_KEYS="short",
        EMAIL_URL="foo://",
    )

    assert answer.returncode == 1
    for name in ("PORT", "LOG_LEVEL", "ENCRYPTION_KEYS", "EMAIL_URL"):
        assert f"  {name}: " in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_laptop_needs_none():
    told = json.loads(python("-c", TOLD, PORT="8321").stdout)

    assert told["SANDBOX_URL"] == "http://127.0.0.1:8321/sandbox"
    assert told["WEBHOOK_URL"] == ""
    assert told["SESSION_COOKIE_SECURE"] is False
    assert told["ACCOUNT_EMAIL_VERIFICATION"] == "none"


def test_https_switches_on_what_goes_with_it():
    told = json.loads(python("-c", TOLD, PUBLIC_URL="https://trellis.example.com/").stdout)

    assert told["ALLOWED_HOSTS"][0] == "trellis.example.com"
    assert told["WEBHOOK_URL"] == "https://trellis.example.com"
    assert told["SESSION_COOKIE_SECURE"] is True
    assert told["SECURE_HSTS_SECONDS"] > 0
    assert told["CSRF_TRUSTED_ORIGINS"] == ["https://trellis.example.com"]


def test_django_finds_nothing_wrong_with_the_documented_production_settings():
    page = (ROOT / "docs/deploy.md").read_text()
    block = page[page.index("    PUBLIC_URL=") :].split("\n\n")[0]
    documented = dict(line.strip().split("=", 1) for line in block.splitlines())
    documented |= {"DATA_DIR": os.environ["DATA_DIR"], "DATABASE_URL": "sqlite://"}

    answer = python("manage.py", "check", "--deploy", "--fail-level", "WARNING", **documented)
    assert answer.returncode == 0, answer.stderr


def test_jobs_want_postgresql_and_say_so():
    answer = python("-c", "import editor.settings", RUN_DRIVER="procrastinate")
    assert answer.returncode != 0
    assert "RUN_DRIVER=procrastinate needs PostgreSQL" in answer.stderr


LEVELS = """
import json, logging.config
from editor import settings
logging.config.dictConfig(settings.LOGGING)
names = [None, "procrastinate.worker", "httpx", "editor.runs"]
print(json.dumps([logging.getLogger(name).getEffectiveLevel() for name in names]))
"""


@pytest.mark.parametrize(
    ("wished", "ours", "of_libraries"),
    [({}, 20, 30), ({"LOG_LEVEL": "debug"}, 10, 30), ({"LOG_LEVEL": "ERROR"}, 40, 40)],
)
def test_the_log_level_is_everyones_and_libraries_say_no_more_than_warnings(
    wished, ours, of_libraries
):
    answer = python("-c", LEVELS, **wished)
    assert json.loads(answer.stdout) == [ours, of_libraries, of_libraries, ours], answer.stderr
