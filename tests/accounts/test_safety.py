"""Cookies, headers and limits as they are on a server that others reach, read from settings made for one."""

import json
import os
import subprocess
import sys

import pytest
from django.core import mail

WANTED = (
    "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY", "SECURE_HSTS_SECONDS",
    "SECURE_SSL_REDIRECT", "SECURE_REFERRER_POLICY", "DATA_UPLOAD_MAX_MEMORY_SIZE", "EMAIL_BACKEND",
    "EMAIL_HOST", "ACCOUNT_EMAIL_VERIFICATION", "MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN",
    "ALLOWED_HOSTS", "DEBUG",
)  # fmt: skip
# Without what the tests need for themselves.
OWN = {name: value for name, value in os.environ.items() if name != "DJANGO_ALLOW_ASYNC_UNSAFE"}
PRODUCTION = {
    "PUBLIC_URL": "https://trellis.example.com",
    "EMAIL_URL": "submission://user:secret@mail.example.com:587",
}


def manage(tmp_path, *words, **environment):
    """A process of its own: settings are read once."""
    return subprocess.run(
        [sys.executable, *words],
        env=OWN | {"DATA_DIR": str(tmp_path)} | environment,
        capture_output=True, text=True, check=True,
    )  # fmt: skip


def settings_of(tmp_path, **environment):
    show = (
        "import json; from django.conf import settings;"
        f"print(json.dumps({{name: getattr(settings, name, None) for name in {WANTED}}}))"
    )
    return json.loads(manage(tmp_path, "-c", show, **environment).stdout)


def test_on_https_cookies_and_browsers_are_kept_to_it(tmp_path):
    found = settings_of(tmp_path, **PRODUCTION)

    assert found["SESSION_COOKIE_SECURE"]
    assert found["CSRF_COOKIE_SECURE"]
    assert found["SESSION_COOKIE_HTTPONLY"]
    assert found["SECURE_SSL_REDIRECT"]
    assert found["SECURE_HSTS_SECONDS"] >= 365 * 24 * 3600
    assert found["SECURE_REFERRER_POLICY"] == "same-origin"
    assert not found["MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN"]
    assert not found["DEBUG"]
    assert "*" not in found["ALLOWED_HOSTS"]
    assert found["DATA_UPLOAD_MAX_MEMORY_SIZE"] <= 16 * 1024 * 1024


def test_with_a_mail_server_addresses_must_be_proven(tmp_path):
    found = settings_of(tmp_path, **PRODUCTION)
    assert found["EMAIL_BACKEND"].endswith("smtp.EmailBackend")
    assert found["EMAIL_HOST"] == "mail.example.com"
    assert found["ACCOUNT_EMAIL_VERIFICATION"] == "mandatory"

    assert settings_of(tmp_path)["ACCOUNT_EMAIL_VERIFICATION"] == "none"


def test_djangos_own_check_for_servers_finds_nothing(tmp_path):
    told = manage(
        tmp_path, "manage.py", "check", "--deploy", "--fail-level", "WARNING", **PRODUCTION
    )
    assert "no issues" in told.stdout + told.stderr


@pytest.mark.django_db
def test_signing_in_and_asking_for_mails_have_limits(nobody, ann):
    for _ in range(30):
        nobody.post("/accounts/password/reset/", {"email": "ann@example.com"})
    assert len(mail.outbox) < 20
