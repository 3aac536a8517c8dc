"""What stands in the cells of a template's sample."""

from django.utils import timezone

from editor.library.templatetags.samples import moment


def test_a_moment_is_written_as_people_do_and_in_their_zone() -> None:
    with timezone.override("Europe/Lisbon"):
        assert moment("2026-07-01T12:30:00.000Z") == "1 Jul 2026, 13:30"


def test_any_other_text_stays_as_it_is() -> None:
    for text in (
        "",
        "Lisbon, Portugal",
        "2026-07",
        "2026-99-01T12:30:00Z",
        "2026-07-01T12:30 or later",
    ):
        assert moment(text) == text
