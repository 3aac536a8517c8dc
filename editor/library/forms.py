"""What a template says about itself, as a form and as part of a file."""

from typing import Any

from django import forms

from editor.library import readme
from editor.library.models import Category, Visibility
from editor.workflows.models import Workflow


class AboutForm(forms.Form):
    """Title, summary, category, readme: what every template says."""

    title = forms.CharField(
        label="Title", max_length=120, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    summary = forms.CharField(
        label="In one sentence",
        max_length=240,
        help_text="What somebody gets out of it. It stands on the card.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    category = forms.ChoiceField(label="Category", choices=Category.choices)
    readme = forms.CharField(
        label="Readme",
        max_length=readme.LONGEST,
        required=False,
        help_text="When to use it, and what to look out for. Markdown: **bold**, lists, links, tables.",
        widget=forms.Textarea(attrs={"rows": 6}),
    )

    @property
    def faults(self) -> list[str]:
        """Everything that is wrong, each with the name of its field."""
        return [
            f"{self.fields[name].label or name}: {error}"
            for name, errors in self.errors.items()
            for error in errors
        ]


class PublishForm(AboutForm):
    """The same, and who sees it; `notes` say what a further version brings."""

    visibility = forms.ChoiceField(label="Who sees it", choices=Visibility.choices)
    notes = forms.CharField(
        label="What is new",
        max_length=500,
        required=False,
        help_text="People with a copy read this before they take the new version.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, first: bool, **more: Any) -> None:
        super().__init__(*args, **more)
        if first:
            del self.fields["notes"]


class CopyForm(forms.Form):
    """What the copy of a template is called."""

    name = forms.CharField(
        label="Name", max_length=Workflow._meta.get_field("name").max_length, required=False
    )
