"""What every page's template may show about who is reading it."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts import queries


def team(request: HttpRequest) -> dict[str, Any]:
    """`access` (None outside a team), `current_team`, and `my_teams`, read only when a page shows them."""
    access = getattr(request, "access", None)
    user = getattr(request, "user", None)
    return {
        "access": access,
        "current_team": access.team if access else None,
        "my_teams": SimpleLazyObject(lambda: list(queries.teams_of(user)) if user else []),
    }
