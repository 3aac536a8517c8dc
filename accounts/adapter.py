"""How django-allauth behaves here."""

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest

from accounts.forms import open_invitation


class Adapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """An invitation opens the door also where strangers may not sign up."""
        return settings.SIGNUP_OPEN or open_invitation(request) is not None
