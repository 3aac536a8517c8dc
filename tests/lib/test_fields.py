"""Secrets at rest: encrypted, readable after a change of keys, unreadable without the key."""

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured

from accounts.models import Connection, Kind, Team

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


def test_without_its_key_a_value_says_what_is_missing(stored, settings):
    settings.ENCRYPTION_KEYS = [NEW]
    with pytest.raises(ImproperlyConfigured, match="Put the old key back"):
        Connection.objects.get(pk=stored)
