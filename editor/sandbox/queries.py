"""Reading: who calls, and what was executed."""

from datetime import datetime
from typing import Any

from editor.sandbox.content import stamp
from editor.sandbox.errors import ApiError
from editor.sandbox.models import Client, ExecutedAction, SandboxAccount


def account_of(linked_api_token: str | None, identification_token: str | None) -> SandboxAccount:
    """The account that both tokens open, with its client. Raises ApiError, one of four types."""
    if not linked_api_token:
        raise _client_missing()
    if not identification_token:
        client_of(linked_api_token)
        raise ApiError("identificationTokenRequired", "The header identification-token is missing.")
    accounts = SandboxAccount.objects.select_related("client")
    try:
        found = accounts.get(identification_token=identification_token, disconnected_at=None)
    except SandboxAccount.DoesNotExist:
        found = None
    if found is None or found.client.linked_api_token != linked_api_token:
        client_of(linked_api_token)
        raise ApiError(
            "invalidIdentificationToken",
            "The identification-token opens no account of this client.",
        )
    return found


def client_of(linked_api_token: str | None) -> Client:
    """The client with this token. Raises ApiError."""
    if not linked_api_token:
        raise _client_missing()
    found = Client.objects.filter(linked_api_token=linked_api_token).first()
    if found is None:
        raise ApiError("invalidLinkedApiToken", "The linked-api-token is wrong.")
    return found


def _client_missing() -> ApiError:
    return ApiError("linkedApiTokenRequired", "The header linked-api-token is missing.")


def statistics(account: SandboxAccount, start: datetime, end: datetime) -> list[dict[str, Any]]:
    """One entry per action that was executed from `start` to `end`, in the order they ran."""
    rows = ExecutedAction.objects.filter(account=account, time__gte=start, time__lte=end)
    return [
        {"actionType": action_type, "success": success, "time": stamp(time)}
        for action_type, success, time in rows.order_by("time", "id").values_list(
            "action_type", "success", "time"
        )
    ]
