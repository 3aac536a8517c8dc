"""The request type of views behind the sign-in, with what our middleware adds to it."""

from typing import TYPE_CHECKING

from django.http import HttpRequest

if TYPE_CHECKING:
    from django_htmx.middleware import HtmxDetails

    from accounts.models import User


class Request(HttpRequest):
    """For annotations only; never instantiated."""

    htmx: "HtmxDetails"
    user: "User"
