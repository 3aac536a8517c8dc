"""What every page's template may show about who is reading it."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts import queries


def team(request: HttpRequest) -> dict[str, Any]:
    """For every template, read only when it shows them:

    - `access`: who reads with which role (accounts.access.Access); None outside a team;
    - `current_team`: the team of this page, else the one the person was in last; falsy without any;
    - `my_teams`: for the switcher;
    - `signup_open`: whether strangers may sign up;
    - `sends_mail`: whether mails go out, or become files in the data folder.
    """
    user = getattr(request, "user", None)
    access = getattr(request, "access", None)
    if user is None or not user.is_authenticated:
        return {
            "access": None,
            "current_team": None,
            "my_teams": [],
            "signup_open": settings.SIGNUP_OPEN,
            "sends_mail": settings.SENDS_MAIL,
        }
    last = request.session.get("team", "")
    return {
        "access": access,
        "current_team": access.team
        if access
        else SimpleLazyObject(lambda: queries.last_team(user, last)),
        "my_teams": SimpleLazyObject(lambda: list(queries.teams_of(user))),
        "sends_mail": settings.SENDS_MAIL,
    }
