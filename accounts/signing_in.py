"""django-allauth's forms in our words: no placeholder that repeats the label, one line of password advice."""

from typing import Any

from allauth.account import forms

PASSWORD_ADVICE = "At least 8 characters, nothing common, nothing close to your name."  # noqa: S105


class InOurWords:
    """Mixed into a form; needs its `fields`."""

    fields: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            if name == "password1":
                field.help_text = PASSWORD_ADVICE


class Login(InOurWords, forms.LoginForm):
    pass


class Signup(InOurWords, forms.SignupForm):
    pass


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
