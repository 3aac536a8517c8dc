"""What a team hides does not come out by a side door of lists, tables, notices and the audit log either."""

import base64
import re

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEvent
from editor.review import indexing
from editor.runs import pinned, queries, services, transitions
from editor.runs.models import Notice, NoticeKind, Run
from editor.runs.notices import choices
from editor.runs.notices import services as notices
from editor.runs.results import outcome
from editor.workflows import services as workflows
from editor.workflows.rows import tree_to_json
from tests.review.test_tables import ids, table_of
from tests.runs.conftest import CHECK
from tests.runs.test_outcome import finish
from tests.runs.test_privacy import (
    CAME_BACK,
    EMAIL,
    INVITATIONS,
    NOTE,
    body,
    everything_read,
    hide,
)
from tests.runs.test_rows import PEOPLE, people, person


def list_of(someone, **query) -> str:
    return body(someone.get(reverse("review:runs", args=[someone.team.slug]), query))


def test_also_what_was_taken_in_for_lists_and_charts_is_told_to_nobody(make_run, ann, vic):
    run = finish(make_run(INVITATIONS), CAME_BACK)
    indexing.take_in(timezone.now())
    hide(ann.team)
    theirs = everything_read(vic, ann, run)
    assert NOTE not in theirs
    assert EMAIL not in theirs


def test_no_way_of_typing_finds_a_word_that_is_hidden(make_run, ann, vic):
    run = finish(make_run(INVITATIONS), CAME_BACK)
    indexing.take_in(timezone.now())
    hide(ann.team)
    assert run.public_id in list_of(ann, q="tuesday")
    for typed in ("tuesday", "tues*", "zqhiddentuesday", "ZQhiddenTues*", "zqhidden*"):
        assert run.public_id not in list_of(vic, q=typed)


def test_rows_in_the_order_of_a_column_do_not_tell_a_hidden_address_and_neither_do_links_to_the_next_page(
    make_run, ann, vic
):
    found = [person(f"P{n}", headline=f"{n:03} canary{n}@quintal.example") for n in range(60)]
    found[30] = person("P30", headline="Cook @ Acme")
    found[40] = person("P40", headline="Baker")
    run = finish(make_run(PEOPLE), people(*found))
    by_headline = {"sort": ids(ann, table_of(run))["Open person page: Headline"]}
    whole = [f"P{n}" for n in range(60) if n not in (30, 40)]
    assert names_on_all_pages(ann, run, by_headline)[0] == [*whole, "P40", "P30"]
    hide(ann.team)
    for sort, first in (
        (by_headline, ["P40", "P30"]),
        ({"sort": "-" + by_headline["sort"]}, ["P30", "P40"]),
    ):
        order, html, cursor = names_on_all_pages(vic, run, sort)
        assert order == first + whole, "as they came: their places tell nothing of their addresses"
        assert "canary" not in html
        assert b"canary" not in base64.urlsafe_b64decode(cursor + "===")


def names_on_all_pages(someone, run, query) -> tuple[list[str], str, str]:
    """And the pages, and the cursor between them."""
    html = body(someone.get(table_of(run), query))
    cursor = re.search(r"cursor=([\w-]+)", html)[1]
    html += body(someone.get(table_of(run), query | {"cursor": cursor}))
    return list(dict.fromkeys(re.findall(r">(P\d+)<", html))), html, cursor


def test_a_text_with_an_at_sign_that_is_no_address_is_found_also_by_who_sees_no_addresses(
    make_run, ann, vic
):
    run = finish(make_run(PEOPLE), people(person("Ines", headline="Cook @ Acme"), person("Rui")))
    asked = {"by": ids(ann, table_of(run))["Open person page: Headline"], "op": "contains"}
    hide(ann.team)
    assert ">Ines<" in body(vic.get(table_of(run), asked | {"value": "@ acme"}))


@pytest.fixture
def wrong(make_run, ann):
    """A run on its way; of what the service says of it, an address is a part."""
    hide(ann.team)
    return queries.for_worker(make_run(CHECK).pk)


@pytest.mark.parametrize(
    ("state", "told"),
    [
        ("cancelled", {"failure_message": f"Stopped for {EMAIL}.", "next_look_at": None}),
        ("waiting", {"pending_reason": "queued", "pending_message": f"Behind {EMAIL}."}),
        ("waiting", {"pending_reason": "elsewhere", "pending_message": f"Behind {EMAIL}."}),
        ("waiting", {"pending_message": f"Now at {EMAIL}."}),
        ("uncertain", {"pending_message": f"Broke off at {EMAIL}."}),
    ],
)  # fmt: skip
def test_what_the_service_says_of_a_run_is_told_without_addresses(wrong, ann, vic, state, told):
    now = timezone.now()
    ended = {"finished_at": now} if state == "cancelled" else {"remote_id": "r", "accepted_at": now}
    Run.objects.filter(pk=wrong.pk).update(state=state, **ended, **told)
    page = reverse("runs:run", args=[ann.team.slug, wrong.public_id])
    assert EMAIL in body(ann.get(page))
    assert "[e-mail hidden]" in body(vic.get(page))
    assert EMAIL not in body(vic.get(page)) + list_of(vic)


def test_notices_and_mails_say_no_address_that_is_hidden_from_anybody(wrong, ann):
    choices.choose(ann.user, NoticeKind.RUN_FAILED, "by_mail", on=True)
    assert transitions.fail(wrong, "unknownError", f"{EMAIL} is no address.", timezone.now())
    notices.mail_due(timezone.now())
    told = Notice.objects.get(user=ann.user)
    assert told.text == "[e-mail hidden] is no address."
    assert EMAIL not in mail.outbox[0].body


def test_the_audit_log_does_not_repeat_an_address_that_somebody_searched_for(make_run, ann):
    run = finish(make_run(PEOPLE), people(person("Ines", headline=EMAIL)))
    hide(ann.team, emails_for="owner")
    body(ann.get(f"{table_of(run)}.csv", {"search": EMAIL}))
    assert "canary" not in str(AuditEvent.objects.get(verb="results.downloaded").details)


def test_what_was_filled_in_is_not_read_out_of_a_run_of_only_what_failed(ann, bob, connection):
    source = (
        '{"actionType": "st.sendMessage", "personUrl": "https://www.linkedin.com/in/ines",'
        ' "text": "{{ words }}"}'
    )
    workflow = workflows.import_wire(ann.team, actor=ann.user, name="Write", source=source)
    workflows.declare_input(workflow, "words", "text", actor=ann.user)
    run = services.start_run(
        workflow, connection=connection, actor=ann.user, submit_key="k", inputs={"words": NOTE}
    )
    error = {"type": "personNotFound", "message": "Nobody."}
    run = finish(run, {"actionType": "st.sendMessage", "success": False, "error": error})
    again = pinned.start(
        ann.team,
        pinned.Definition("Again", 1, tree_to_json(outcome.tree_of(run.plan)), run),
        connection=connection, actor=ann.user, submit_key="l", inputs={},
    )[0]  # fmt: skip
    hide(ann.team)
    compared = reverse("review:compare", args=[ann.team.slug, run.public_id, again.public_id])
    assert NOTE in body(ann.get(compared))
    assert NOTE not in body(bob.get(compared))
    for who, there in ((bob, False), (ann, True)):
        draft = who.post(reverse("runs:draft", args=[ann.team.slug, again.public_id])).url
        assert (NOTE in body(who.get(draft))) is there
