"""The record of acts. Every room above records here, inside the transaction of the act."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.core import context
from django.core.exceptions import PermissionDenied

from accounts.models import AuditEvent, Team, User


def record(team: Team, actor: User | None, verb: str, subject: str, **details: Any) -> None:
    """Note that `actor` (None: Trellis itself) did `verb` to `subject`. `details`: small plain facts, no secrets."""
    AuditEvent.objects.create(
        team=team,
        actor=actor,
        actor_name=str(actor)[:80] if actor else "Trellis",
        verb=verb,
        subject=subject[:200],
        details=details,
        **_from_where(),
    )


def _from_where() -> dict[str, Any]:
    """Address and browser of the request at hand, which django-allauth's middleware keeps; nothing in a worker."""
    request = context.request
    if request is None:
        return {}
    try:
        ip = get_adapter(request).get_client_ip(request)
    except PermissionDenied:  # no address that we trust
        ip = None
    return {"ip": ip, "agent": request.META.get("HTTP_USER_AGENT", "")[:200]}
