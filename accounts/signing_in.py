"""django-allauth's forms in our words: no placeholder that repeats the label, one line of password advice."""

from typing import Any

from allauth.account import forms
from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as codes
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as passkeys
from django.forms import HiddenInput

from accounts.forms import open_invitation

PASSWORD_ADVICE = "At least 8 characters, nothing common, nothing close to your name."  # noqa: S105


class InOurWords:
    """Mixed into a form; needs its `fields`."""

    fields: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            # "New Password" is not our case, and elsewhere it says "E-mail".
            field.label = str(field.label or name).capitalize().replace("Email", "E-mail")
            if name == "password1":
                field.help_text = PASSWORD_ADVICE


class Login(InOurWords, forms.LoginForm):
    pass


class Signup(InOurWords, forms.SignupForm):
    """Somebody who was invited makes no team; an address that the invitation names is not typed again."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.invitation = open_invitation(context.request)
        if self.invitation is None:
            return
        del self.fields["team_name"]
        if self.invitation.email:
            self.fields["email"].disabled = True
            self.fields["email"].initial = self.invitation.email


class AddEmail(InOurWords, forms.AddEmailForm):
    pass


class ChangePassword(InOurWords, forms.ChangePasswordForm):
    pass


class SetPassword(InOurWords, forms.SetPasswordForm):
    pass


class ResetPassword(InOurWords, forms.ResetPasswordForm):
    pass


class ResetPasswordKey(InOurWords, forms.ResetPasswordKeyForm):
    pass


class Reauthenticate(InOurWords, forms.ReauthenticateForm):
    pass


class Code(InOurWords, codes.AuthenticateForm):
    pass


class CodeAgain(InOurWords, codes.ReauthenticateForm):
    pass


class FirstCode(InOurWords, totp.ActivateTOTPForm):
    pass


class Wellformed:
    """Mixed into a form that takes what a browser's passkey said: nonsense is a wrong passkey, not an error page."""

    def clean_credential(self) -> Any:
        try:
            return super().clean_credential()  # type: ignore[misc]
        except (KeyError, TypeError, ValueError, AttributeError):
            raise get_adapter().validation_error("incorrect_code") from None


class PasskeySignIn(Wellformed, passkeys.LoginWebAuthnForm):
    pass


class PasskeyStep(Wellformed, passkeys.AuthenticateWebAuthnForm):
    pass


class PasskeyAgain(Wellformed, passkeys.ReauthenticateWebAuthnForm):
    pass


class AddPasskey(InOurWords, passkeys.AddWebAuthnForm):
    """Every key is one that signs in by itself; there is nothing to choose."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["passwordless"].widget = HiddenInput()
        self.fields["passwordless"].initial = True

    def clean(self) -> Any:
        try:
            return super().clean()
        except (KeyError, TypeError, ValueError, AttributeError):
            raise get_adapter().validation_error("incorrect_code") from None
