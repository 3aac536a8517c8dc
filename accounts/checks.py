"""Does the service take a connection's tokens? One call to it, outside any transaction."""

from accounts import services
from accounts.models import Connection, ConnectionState
from editor.linkedapi import client, errors


def look(connection: Connection) -> None:
    """Ask the service whose account this is, and write down what it said (states: see Connection)."""
    try:
        account = client.account_of(connection.credentials())
    except errors.Refused as refusal:
        state, note = ConnectionState.REFUSED, f"The service said no: {refusal.message}"
    except errors.LinkedApiError as error:
        state, note = ConnectionState.UNREACHABLE, f"{error.message} Try again in a minute."
    else:
        state, note = ConnectionState.WORKING, f"Acts as {account.name}: {account.url}"
    services.note_check(connection=connection, state=state, note=note)
