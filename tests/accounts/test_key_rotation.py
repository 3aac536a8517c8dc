"""Encryption keys: made safely, changed without losing anything."""

import stat
from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.conf import settings as project_settings
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.models import Connection
from editor.lib import rotation
from editor.lib.keys import new_encryption_key
from editor.runs.models import Hook


def rotate():
    out = StringIO()
    call_command("rotate_keys", stdout=out)
    return out.getvalue()


@pytest.fixture
def secrets(ann):
    """A connection, a webhook and a second step, all encrypted with the key of now."""
    Hook.objects.create(client_key="k", secret="hook-secret")
    TOTP.activate(ann.user, "JBSWY3DPEHPK3PXP")
    RecoveryCodes.activate(ann.user)
    return Connection.objects.get(team=ann.team).linked_api_token


def test_a_new_key_takes_over_and_the_old_one_can_go(ann, secrets, settings):
    codes = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()
    [old], new = settings.ENCRYPTION_KEYS, new_encryption_key()
    settings.ENCRYPTION_KEYS = [new, old]

    told = rotate()
    assert "5 changed to the newest key, 0 had it already" in told
    assert "Nothing needs an older key any more" in told

    settings.ENCRYPTION_KEYS = [new]
    assert Connection.objects.get(team=ann.team).linked_api_token == secrets
    assert Hook.objects.get().secret == "hook-secret"
    assert Authenticator.objects.get(type="totp").wrap().validate_code is not None
    assert Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes() == codes


def test_broken_off_it_goes_on_where_it_was(ann, secrets, settings, monkeypatch):
    monkeypatch.setattr(rotation, "BATCH", 1)
    settings.ENCRYPTION_KEYS = [new_encryption_key(), *settings.ENCRYPTION_KEYS]
    rotation.rotate_column(Connection, "linked_api_token", rotation.Tally())

    assert "4 changed to the newest key, 1 had it already" in rotate()


def test_what_somebody_changes_meanwhile_stays_changed(ann, secrets, settings, monkeypatch):
    settings.ENCRYPTION_KEYS = [new_encryption_key(), *settings.ENCRYPTION_KEYS]
    honest = rotation.rotated

    def slow(text, tally):
        Connection.objects.update(linked_api_token="typed just now")
        return honest(text, tally)

    monkeypatch.setattr(rotation, "rotated", slow)
    rotation.rotate_column(Connection, "linked_api_token", rotation.Tally())
    assert Connection.objects.get(team=ann.team).linked_api_token == "typed just now"


def test_a_text_that_fits_no_key_is_told_and_kept(ann, secrets, settings):
    lost = settings.ENCRYPTION_KEYS
    settings.ENCRYPTION_KEYS = [new_encryption_key()]
    with pytest.raises(CommandError, match="5 texts fit no key"):
        rotate()

    settings.ENCRYPTION_KEYS = lost
    assert Connection.objects.get(team=ann.team).linked_api_token == secrets


@pytest.mark.django_db
def test_no_encrypted_column_is_forgotten():
    """Whatever is named a token or a secret is encrypted, or is none."""
    harmless = {"token_hash", "session_key"}
    with connection.cursor() as cursor:
        found = {
            column.name
            for table in connection.introspection.table_names(cursor)
            for column in connection.introspection.get_table_description(cursor, table)
            if any(word in column.name for word in ("token", "secret", "password"))
        }
    encrypted = {column for _, column in rotation.columns()}
    sandbox = {"linked_api_token", "identification_token"}  # invented ones, for invented people
    assert found - encrypted - sandbox - harmless - {"password"} == set()


def test_key_files_are_for_their_owner_only():
    for name in ("secret.key", "encryption.key"):
        mode = (project_settings.DATA_DIR / name).stat().st_mode
        assert stat.S_IMODE(mode) == 0o600
