"""The form of an endpoint."""

from typing import Any

from django import forms

from editor.outgoing import targets
from editor.outgoing.models import Kind
from editor.outgoing.services import Wanted


class EndpointForm(forms.Form):
    url = forms.CharField(
        label="Address",
        error_messages={"required": "Say where events are sent to."},
        # More than an address may have: its own check says why it is too long.
        max_length=2 * targets.LONGEST,
        widget=forms.TextInput(
            attrs={"inputmode": "url", "autocomplete": "off", "spellcheck": "false"}
        ),
    )
    description = forms.CharField(
        label="What it is",
        help_text="So that others know what breaks when it is gone, such as “CRM of the sales team”.",
        error_messages={"required": "Say what it is."},
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    events = forms.MultipleChoiceField(
        label="Events",
        choices=Kind.choices,
        error_messages={"required": "Choose at least one event: without any nothing is sent."},
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["url"].help_text = f"Where events are sent to, by POST. {targets.in_words()}"

    def clean_url(self) -> str:
        typed: str = self.cleaned_data["url"].strip()
        if fault := targets.fault(typed):
            raise forms.ValidationError(fault)
        return targets.tidy(typed)

    def wanted(self) -> Wanted:
        facts: dict[str, Any] = self.cleaned_data
        return Wanted(facts["url"], facts["description"], facts["events"])
