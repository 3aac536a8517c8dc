"""Reading: who calls, what is due, and what was executed."""

from datetime import datetime
from typing import Any

from django.db.models import (
    BigIntegerField,
    CharField,
    DateTimeField,
    Exists,
    OuterRef,
    QuerySet,
)

from editor.lib.prepared import Rows
from editor.sandbox.content import stamp
from editor.sandbox.errors import ApiError
from editor.sandbox.models import (
    OPEN,
    Client,
    ExecutedAction,
    SandboxAccount,
    SandboxLimit,
    SandboxWorkflow,
)

_ACCOUNT = Rows(
    lambda token: SandboxAccount.objects.select_related("client").filter(
        identification_token=token, disconnected_at=None
    ),
    token=CharField(),
)


def account_of(linked_api_token: str | None, identification_token: str | None) -> SandboxAccount:
    """The account that both tokens open, with its client. Raises ApiError, one of four types."""
    if not linked_api_token:
        raise _client_missing()
    if not identification_token:
        client_of(linked_api_token)
        raise ApiError("identificationTokenRequired", "The header identification-token is missing.")
    for found in _ACCOUNT(token=identification_token):
        if found.client.linked_api_token == linked_api_token:
            return found
    client_of(linked_api_token)
    raise ApiError(
        "invalidIdentificationToken", "The identification-token opens no account of this client."
    )


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


_LIMITS = SandboxLimit.objects.filter(account=OuterRef("account"), is_enabled=True)
_WORKFLOW = Rows(
    lambda account, remote_id, now: SandboxWorkflow.objects.filter(
        remote_id=remote_id, account=account
    ).annotate(
        is_limited=Exists(_LIMITS),
        is_first=~Exists(
            SandboxWorkflow.objects.filter(
                OPEN, account=account, ends_at__lte=now, pk__lt=OuterRef("pk")
            )
        ),
    ),
    account=BigIntegerField(),
    remote_id=CharField(),
    now=DateTimeField(),
)


def workflow_of(account: SandboxAccount, remote_id: str, now: datetime) -> SandboxWorkflow:
    """A workflow of this account; `is_first` says that none before it is due. Raises ApiError."""
    for found in _WORKFLOW(account=account.pk, remote_id=remote_id, now=now):
        found.account = account
        return found
    raise ApiError("workflowNotFound", "There is no such workflow of this account.")


def due(account: SandboxAccount, now: datetime) -> QuerySet[SandboxWorkflow]:
    """What has ended by now and was not run yet, in its order."""
    return account.workflows.filter(OPEN, ends_at__lte=now).order_by("id")


def statistics(account: SandboxAccount, start: datetime, end: datetime) -> list[dict[str, Any]]:
    """One entry per action that was executed from `start` to `end`, in the order they ran."""
    rows = ExecutedAction.objects.filter(account=account, time__gte=start, time__lte=end)
    return [
        {"actionType": action_type, "success": success, "time": stamp(time)}
        for action_type, success, time in rows.order_by("time", "id").values_list(
            "action_type", "success", "time"
        )
    ]
