"""The secrets that are not columns of ours: keys of authenticator apps and recovery codes, inside a JSON value."""

from typing import Any

from allauth.mfa.models import Authenticator

from editor.lib.rotation import Tally, pairs, rotated

FERNET = "gAAAA"  # every Fernet text begins so: version 128, and a time of this century


def rotate_second_steps(tally: Tally) -> None:
    for key, old in pairs(Authenticator, lambda rows: rows, "data"):
        new = _rotated(old, tally)
        if new != old:
            Authenticator.objects.filter(pk=key, data=old).update(data=new)


def _rotated(data: dict[str, Any], tally: Tally) -> dict[str, Any]:
    def fresh(value: Any) -> Any:
        if isinstance(value, str) and value.startswith(FERNET):
            return rotated(value, tally)
        return [fresh(entry) for entry in value] if isinstance(value, list) else value

    return {name: fresh(value) for name, value in data.items()}
