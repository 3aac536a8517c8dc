"""The record of acts. Every room above records here, inside the transaction of the act."""

from typing import Any

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
    )
