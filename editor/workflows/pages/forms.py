"""Forms of the list and the import page."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from editor.trees.texts import MAX_BYTES
from editor.workflows.edits.keeping import NAME_MAX
from editor.workflows.models import Workflow


def _name(**more: Any) -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": "off"})
    length = Workflow._meta.get_field("name").max_length
    return forms.CharField(label="Name", max_length=length, widget=widget, **more)


class WorkflowForm(forms.Form):
    """Name and description, for a new workflow and for an existing one."""

    name = _name()
    description = forms.CharField(
        label="Description",
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class VersionForm(forms.Form):
    """What a version is called; "": nothing any more."""

    name = forms.CharField(max_length=NAME_MAX, required=False)

    @property
    def message(self) -> str:
        return " ".join(str(error) for errors in self.errors.values() for error in errors)


class ImportForm(forms.Form):
    """A workflow as JSON, pasted or as a file. `source` is what to read, text or bytes, as it came."""

    name = _name(required=False, help_text="Left empty, it gets the name of its first action.")
    # Not stripped, and nothing else either: lines and columns of problems must be those of the author.
    text = forms.CharField(
        label="JSON",
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 16, "spellcheck": "false", "autocomplete": "off"}),
    )
    file = forms.FileField(label="Or a file", required=False, allow_empty_file=True)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        file = cleaned.get("file")
        if file is None and not cleaned.get("text", "").strip() and "text" not in self.errors:
            raise ValidationError("Paste a workflow as JSON, or choose a file.")
        # One byte more than may be, so that the reader sees that it is too much.
        cleaned["source"] = file.read(MAX_BYTES + 1) if file else cleaned.get("text", "")
        return cleaned
