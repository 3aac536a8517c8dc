"""Does the service take a connection's tokens? Asked now, outside any transaction, because a person wants to know."""

from django.utils import timezone

from accounts import health
from accounts.models import Connection
from editor.linkedapi import wait_for


def look(connection: Connection) -> None:
    """Ask the service whose account this is, and write down what it said (states: see Connection)."""
    found = wait_for(lambda client: health.examine(client, connection.credentials()))
    health.note(connection, found, timezone.now(), asked=True)
