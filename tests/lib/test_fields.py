"""Secrets at rest: encrypted, readable after a change of keys, unreadable without the key."""

import pytest
from cryptography.fernet import Fernet

from accounts.models import Connection, Kind, Team
from editor.lib.fields import Unreadable

OLD, NEW = (Fernet.generate_key().decode() for _ in range(2))


@pytest.fixture
def stored(db, settings):
    """A connection written when OLD was the only key."""
    settings.ENCRYPTION_KEYS = [OLD]
    team = Team.objects.create(slug="t", name="T")
    made = Connection.objects.create(
        team=team,
        name="C",
        kind=Kind.LINKEDAPI,
        linked_api_token="secret ü",
        identification_token="other",
    )
    return made.pk


def test_a_new_first_key_writes_and_the_old_one_still_reads(stored, settings):
    settings.ENCRYPTION_KEYS = [NEW, OLD]
    found = Connection.objects.get(pk=stored)
    assert found.linked_api_token == "secret ü"

    found.save()
    settings.ENCRYPTION_KEYS = [NEW]
    assert Connection.objects.get(pk=stored).linked_api_token == "secret ü"


def test_without_its_key_a_value_is_unreadable_and_is_not_lost(stored, settings):
    settings.ENCRYPTION_KEYS = [NEW]
    found = Connection.objects.get(pk=stored)
    assert isinstance(found.linked_api_token, Unreadable)
    assert "secret" not in found.linked_api_token
    assert not found.linked_api_token.isascii(), "it could be taken for a token and sent"

    found.save()
    settings.ENCRYPTION_KEYS = [NEW, OLD]
    assert Connection.objects.get(pk=stored).linked_api_token == "secret ü"
