"""Who is here, and what others did: what an open page hears while it asks."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from editor.workflows.models import Presence
from tests.workflows.stories import Desk, desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def anns(ann) -> Desk:
    return desk(ann)


@pytest.fixture
def bobs(anns, bob) -> Desk:
    """Bob, before the same workflow."""
    return Desk(bob, anns.workflow)


def ask(at: Desk, tab: str, **more) -> str:
    """What a page hears; "" when nothing is new."""
    answer = at.get("/changes", **{"base": at.revision, "tab": tab, **more})
    assert answer.status_code in (200, 204)
    return answer.content.decode()


def shown(html: str) -> str:
    return html.partition('data-shown="')[2].partition('"')[0]


def test_others_are_shown_with_what_they_look_at_and_i_am_not(anns, bobs):
    assert ask(anns, "a1") == ""
    node = anns.node("st.retrievePersonPosts").id
    assert ">Ann<" in ask(bobs, "b1", node=node)
    html = ask(anns, "a1")
    assert ">Bob<" in html
    assert ">Ann<" not in html
    assert f'data-at="{node}"' in html
    assert ask(anns, "a1", people=shown(html)) == "", "that is shown already"


def test_two_tabs_of_one_person_are_one_person(anns, bobs):
    first, second = (
        anns.node(type_).id for type_ in ("st.openPersonPage", "st.retrievePersonPosts")
    )
    ask(bobs, "b1", node=first)
    ask(bobs, "b2", node=second)
    html = ask(anns, "a1")
    assert html.count(">Bob<") == 1
    assert f'data-at="{second}"' in html, "where he was last"


def test_who_does_not_ask_any_more_is_gone(anns, bobs):
    ask(bobs, "b1")
    html = ask(anns, "a1")
    Presence.objects.filter(tab="b1").update(seen_at=timezone.now() - timedelta(minutes=1))
    gone = ask(anns, "a1", people=shown(html))
    assert ">Bob<" not in gone
    assert " hidden" in gone
    ask(anns, "a2")
    assert not Presence.objects.filter(tab="b1").exists(), "a newcomer sweeps"


def test_what_others_did_is_told_with_their_name(anns, bobs):
    bobs.edit("add", type="st.retrieveSSI")
    html = ask(anns, "a1")
    assert "Bob added Retrieve SSI." in html
    assert 'data-op="insert"' in html
    assert 'data-by="B"' in html
    bobs.edit("undo")
    bobs.edit("label", node=bobs.node("st.openPersonPage").id, label="x")
    assert "Bob labelled Open person page, and 2 more changes." in ask(anns, "a1")


def test_what_others_did_is_told_in_the_words_of_the_page(anns, bobs):
    node = bobs.node("st.openPersonPage").id
    told = {
        "Bob changed Person URL of Open person page.": ("param", {"field": "/personUrl", "value": "https://www.linkedin.com/in/lin"}),
        "Bob made an input of Person URL.": ("input-from", {"field": "/personUrl"}),
        "Bob skipped Open person page.": ("disabled", {"on": 1}),
        "Bob took in again Open person page.": ("disabled", {"on": 0}),
        "Bob laid aside Open person page.": ("park", {}),
        "Bob put back Open person page.": ("move", {"parent": "", "index": 0}),
    }  # fmt: skip
    for words, (verb, fields) in told.items():
        anns.workflow.refresh_from_db()
        bobs.edit(verb, node=node, **fields)
        assert words in ask(anns, "a1", base=anns.workflow.revision)


def test_what_i_did_in_another_tab_is_told_so(anns, ann):
    Desk(ann, anns.workflow).edit("add", type="st.retrieveSSI")
    assert "another tab of yours" in ask(anns, "a1")


def test_an_ask_without_news_is_cheap_and_writes_now_and_then(anns, bobs):
    """Session, person, seat, workflow, who is here; a row of one's own only when it is old."""
    ask(bobs, "b1")
    here = shown(ask(anns, "a1"))

    def cost(**more) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert ask(anns, "a1", people=here, **more) == ""
        return len(captured)

    assert cost() == 5
    assert cost(node="another") == 6
    assert cost(node="another") == 5
    Presence.objects.filter(tab="a1").update(seen_at=timezone.now() - timedelta(seconds=11))
    assert cost(node="another") == 6


@pytest.mark.parametrize("field", ["tab", "node"])
def test_a_tab_that_is_none_is_told(anns, field):
    assert anns.get("/changes", base=0, **{field: "x y"}).status_code == 400


def test_the_list_says_who_is_in_a_workflow(anns, bobs, ann):
    ask(bobs, "b1")
    html = ann.get(f"/t/{ann.team.slug}/workflows").content.decode()
    assert "Bob is here now" in html
