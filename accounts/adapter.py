"""How django-allauth behaves here."""

import time
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.forms import open_invitation
from accounts.models import User
from editor.lib.fields import decrypt, encrypt


class Adapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """An invitation opens the door also where strangers may not sign up."""
        return settings.SIGNUP_OPEN or open_invitation(request) is not None

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Links lead to PUBLIC_URL: whoever asks for a mail to somebody else does not choose, by the host that the
        request names, where that person goes."""
        links = {
            name: f"{settings.PUBLIC_URL}{urlsplit(link).path}"
            for name, link in context.items()
            if name.endswith("_url")
        }
        super().send_mail(template_prefix, email, context | links | {"home": settings.PUBLIC_URL})

    def post_login(self, request: HttpRequest, user: User, **how: Any) -> HttpResponse:
        request.session["seen"] = int(time.time())  # see middleware.LastSeen
        response: HttpResponse = super().post_login(request, user, **how)
        return response


class SecondStep(DefaultMFAAdapter):
    """Keys of authenticator apps and recovery codes are encrypted like the tokens of connections."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": "This code is not right. The app shows another one every 30 seconds: type the newest. "
        "A recovery code works once."
    }

    def encrypt(self, text: str) -> str:
        return encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return decrypt(encrypted_text)

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:  # noqa: A002
        return f"Passkey of {timezone.localdate():%-d %B %Y}"
