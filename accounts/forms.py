"""Forms of sign-up, profile, team and connections."""

import zoneinfo
from contextlib import suppress
from functools import cache
from typing import Any

from allauth.account.adapter import get_adapter
from django import forms
from django.conf import settings
from django.core.validators import MinLengthValidator, RegexValidator
from django.http import HttpRequest

from accounts import inviting, services
from accounts.models import Invitation, Role, Team, Theme, User

INVITATION = "invitation"  # in the session: the hash of the token that somebody came with


def text(label: str, max_length: int, *, help_text: str = "", autocomplete: str = "off") -> Any:
    """A required line of text."""
    return forms.CharField(
        label=label,
        max_length=max_length,
        help_text=help_text,
        widget=forms.TextInput(attrs={"autocomplete": autocomplete}),
    )


def token(label: str, help_text: str) -> Any:
    """A secret that goes in and never comes out again: the page never shows what was typed."""
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=500,
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        validators=[
            MinLengthValidator(8, "This is too short for a token."),
            # It travels in an HTTP header.
            RegexValidator(r"^[!-~]+$", "A token has no spaces and only plain letters and signs."),
        ],
    )


class SignupForm(forms.Form):
    """What sign-up asks beside e-mail and password; django-allauth puts them into one form."""

    name = text("Your name", 80, autocomplete="name")
    team_name = text(
        "Your team",
        80,
        help_text="A company or a project. You can rename it later.",
        autocomplete="organization",
    )
    field_order = ["name", "team_name", "email", "password1"]
    invitation: Invitation | None = None

    def signup(self, request: HttpRequest, user: User) -> None:
        """Into the team that invited the person, else into one of their own."""
        name, invitation = self.cleaned_data["name"], self.invitation
        if invitation is None:
            services.complete_signup(user=user, name=name, team_name=self.cleaned_data["team_name"])
            return
        services.name_person(user=user, name=name)
        with suppress(services.Refused):  # gone meanwhile: the page of /join says so
            inviting.accept(invitation, user)
        if invitation.goes_by_mail:  # the token came to that address, and to nobody else
            get_adapter().stash_verified_email(request, invitation.email)


def open_invitation(request: HttpRequest) -> Invitation | None:
    """The invitation that this browser came with, as long as it is good."""
    invitation = inviting.found(request.session.get(INVITATION, ""))
    return invitation if invitation and not inviting.why_dead(invitation) else None


class InvitationForm(forms.Form):
    """`roles`: those that the inviter may give away."""

    role = forms.ChoiceField(
        label="Role", help_text="The table on the team page says what each may do."
    )
    email = forms.EmailField(
        label="E-mail",
        required=False,
        help_text="We send the link to this address, and only that person can use it. "
        "Leave it empty to get a link that you pass on yourself.",
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, roles: list[Role], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [(role.value, role.label) for role in roles]  # type: ignore[attr-defined]
        self.fields["role"].initial = Role.RUNNER.value
        if not settings.SENDS_MAIL:
            self.fields["email"].help_text = (
                "Only the person of this address can use the link. This server sends no e-mail yet: you pass it on"
                " yourself. Leave it empty for a link that whoever has it can use."
            )


@cache
def zones() -> tuple[str, ...]:
    """Every time zone that this machine knows, such as "Europe/Lisbon"."""
    return tuple(sorted(zoneinfo.available_timezones()))


class ProfileForm(forms.Form):
    name = text("Name", 80, autocomplete="name")
    # A select of 600 zones takes long to draw and to search; the page lists them beside the field.
    time_zone = forms.CharField(
        label="Time zone",
        help_text="Times on pages are shown in this zone. Type a city to find yours.",
        max_length=64,
        widget=forms.TextInput(attrs={"list": "zones", "autocomplete": "off"}),
    )
    theme = forms.ChoiceField(label="Theme", choices=Theme.choices)

    def clean_time_zone(self) -> str:
        zone: str = self.cleaned_data["time_zone"]
        if zone not in zones():
            raise forms.ValidationError(
                "There is no such zone. Pick one of the list, such as Europe/Lisbon."
            )
        return zone


class ThemeForm(forms.Form):
    theme = forms.ChoiceField(choices=Theme.choices)


class TeamForm(forms.Form):
    name = text("Team name", 80, autocomplete="organization")


class RoleForm(forms.Form):
    role = forms.ChoiceField(choices=Role.choices)


class ConnectionNameForm(forms.Form):
    name = text("Name", 60, help_text="Whose account it is, so that nobody picks the wrong one.")


class UseForm(forms.Form):
    """Who may start runs on a connection. Owners and admins always may: they could change it anyway."""

    least_role = forms.ChoiceField(
        label="Who may run on it",
        choices=[
            (Role.RUNNER.value, "Everybody who may run"),
            (Role.BUILDER.value, "Builders, admins and owners"),
            (Role.ADMIN.value, "Admins and owners"),
        ],
    )
    people = forms.ModelMultipleChoiceField(
        label="And these people",
        queryset=User.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, team: Team, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        members = User.objects.filter(memberships__team=team).order_by("name", "pk")
        self.fields["people"].queryset = members  # type: ignore[attr-defined]


class TokensForm(forms.Form):
    linked_api_token = token("Linked API token", "The main token of your Linked API account.")
    identification_token = token(
        "Identification token", "The token of the one LinkedIn account this connection acts for."
    )


class NewConnectionForm(ConnectionNameForm, TokensForm):
    field_order = ["name", "linked_api_token", "identification_token"]
