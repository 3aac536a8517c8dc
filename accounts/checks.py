"""Does the service take a connection's tokens? Asked now, outside any transaction, because a person wants to know."""

from django.utils import timezone

from accounts import audit, health
from accounts.models import Connection, User
from editor.linkedapi import LinkedApiError, wait_for


def look(connection: Connection) -> None:
    """Ask the service whose account this is, and write down what it said (states: see Connection)."""
    found = wait_for(lambda client: health.examine(client, connection.credentials()))
    health.note(connection, found, timezone.now(), asked=True)


def reconnection_link(connection: Connection, *, actor: User) -> tuple[str, str]:
    """Where the LinkedIn account is signed in again, and why that is not known; one of them is ""."""
    try:
        link = wait_for(lambda client: client.reconnection_link(connection.credentials()))
    except LinkedApiError as error:
        return "", f"Linked API gave no link: {error.message}"
    if not link:
        return "", "Linked API says that this account is signed in. Press “Check now”."
    audit.record(connection.team, actor, "connection.link_asked", connection.name)
    return link, ""
