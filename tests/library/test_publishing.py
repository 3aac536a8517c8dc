"""Bob publishes what he built; who sees it; what is kept of it."""

import pytest

from accounts.models import AuditEvent
from editor.library import services
from editor.library.models import Template
from editor.workflows import services as workflows
from editor.workflows.edits import choosing
from tests.library.conftest import ABOUT, EXAMPLES, greet, node, publish, url

FORM = ABOUT | {"visibility": "team"} | {f"example.{name}": text for name, text in EXAMPLES.items()}


def post(person, workflow, **form):
    return person.post(f"/t/{person.team.slug}/workflows/{workflow.public_id}/publish", FORM | form)


def test_publishing_runs_it_in_the_sandbox_and_tells_the_audit_log(bob, workflow):
    page = bob.get(f"/t/{bob.team.slug}/workflows/{workflow.public_id}/publish").content.decode()
    assert 'name="example.person"' in page

    answer = post(bob, workflow)

    template = Template.objects.get(workflow=workflow)
    assert answer["Location"] == url(bob, template.public_id)
    shown = bob.get(answer["Location"]).content.decode()
    for words in ("Greet somebody", "Oda Bakke", "<strong>one</strong>", "Send connection request"):
        assert words in shown
    event = AuditEvent.objects.get(verb="template.published")
    assert event.details["version"] == 1


def test_without_an_example_nobody_could_see_what_it_brings(bob, workflow):
    answer = post(bob, workflow, **{"example.person": ""})

    assert answer.status_code == 422
    assert "person is empty" in answer.content.decode()
    assert not Template.objects.filter(workflow=workflow).exists()


def test_what_has_problems_is_not_published(bob):
    broken = workflows.create(bob.team, actor=bob.user, name="Nothing in it")

    assert post(bob, broken).status_code == 422


def test_a_change_behind_the_form_is_noticed(bob, workflow):
    stale = workflow.revision
    workflows.set_note(workflow, node(workflow, "st.sendMessage"), "later", actor=bob.user)

    answer = post(bob, workflow, revision=str(stale))

    assert answer.status_code == 422
    assert "changed at this moment" in answer.content.decode()


def test_a_version_stays_as_it_was_when_the_workflow_goes_on(bob, workflow, version):
    workflows.remove(workflow, [node(workflow, "st.sendMessage")], actor=bob.user)
    second = publish(bob, workflow, notes="Only invites now")

    assert second.template == version.template
    assert second.number == 2
    version.refresh_from_db()
    assert len(version.tree["nodes"]) == 3
    page = bob.get(url(bob, version.template.public_id)).content.decode()
    assert "Only invites now" in page
    old = bob.get(url(bob, version.template.public_id) + "?version=1").content.decode()
    assert "Send message" in old


def test_somebody_picks_one_of_two_branches(bob, workflow):
    invite, write = (node(workflow, t) for t in ("st.sendConnectionRequest", "st.sendMessage"))
    form = {
        "slot.0.name": "How to say hello",
        "slot.0.node": [invite, write],
        f"slot.0.option.{invite}": "Invite",
        f"slot.0.option.{write}": "Write",
    }

    answer = post(bob, workflow, **form)

    page = bob.get(answer["Location"]).content.decode()
    assert "How to say hello" in page
    used = bob.get(answer["Location"] + "/use").content.decode()
    assert "Write" in used


def test_a_choice_of_one_is_none(bob, workflow):
    answer = post(
        bob, workflow, **{"slot.0.name": "How", "slot.0.node": node(workflow, "st.sendMessage")}
    )

    assert answer.status_code == 422
    assert "at least two" in answer.content.decode()


def test_made_up_branches_are_no_choice(bob, workflow):
    form = {"slot.0.name": "How", "slot.0.node": ["made-up", node(workflow, "st.openPersonPage")]}

    answer = post(bob, workflow, **form)

    assert answer.status_code == 422
    assert "does not stand in one place" in answer.content.decode()


def test_a_choice_that_could_not_run_is_refused(bob, workflow):
    write = node(workflow, "st.sendMessage")
    workflows.set_params(workflow, write, {}, remove=["text"], actor=bob.user)
    workflows.set_disabled(workflow, [write], True, actor=bob.user)
    invite = node(workflow, "st.sendConnectionRequest")

    answer = post(bob, workflow, **{"slot.0.name": "How", "slot.0.node": [invite, write]})

    assert answer.status_code == 422
    assert "picked for “How”" in answer.content.decode()


@pytest.mark.parametrize(
    ("visibility", "ann_sees", "eve_sees"),
    [("me", 404, 404), ("team", 200, 404), ("everyone", 200, 200)],
)
def test_who_sees_it(ann, bob, eve, workflow, visibility, ann_sees, eve_sees):
    template = publish(bob, workflow, visibility=visibility).template

    assert bob.get(url(bob, template.public_id)).status_code == 200
    assert ann.get(url(ann, template.public_id)).status_code == ann_sees
    assert eve.get(url(eve, template.public_id)).status_code == eve_sees
    assert ("Greet somebody" in eve.get(url(eve)).content.decode()) == (eve_sees == 200)


def test_only_its_team_changes_it_even_when_everyone_sees_it(bob, eve, workflow):
    template = publish(bob, workflow, visibility="everyone").template

    assert eve.get(url(eve, template.public_id, "details")).status_code == 403
    assert eve.post(url(eve, template.public_id, "withdraw")).status_code == 403


def test_what_is_withdrawn_leaves_the_gallery_and_can_be_put_back(bob, rae, version):
    template = version.template
    bob.post(url(bob, template.public_id, "withdraw"), {"on": "1"})
    assert "Greet somebody" not in rae.get(url(rae)).content.decode()
    assert rae.get(url(rae, template.public_id)).status_code == 200

    bob.post(url(bob, template.public_id, "withdraw"), {"on": "0"})
    assert "Greet somebody" in rae.get(url(rae)).content.decode()


def test_stars_count_once_per_person(rae, vic, version):
    template = version.template
    for person in (rae, rae, vic):
        person.post(url(person, template.public_id, "star"), {"on": "1"})
    template.refresh_from_db()
    assert template.stars == 2

    vic.post(url(vic, template.public_id, "star"), {"on": "0"})
    template.refresh_from_db()
    assert template.stars == 1
    assert "Greet somebody" in rae.get(url(rae) + "?whose=starred").content.decode()
    assert "Greet somebody" not in vic.get(url(vic) + "?whose=starred").content.decode()


def test_the_gallery_finds_by_word_and_category(rae, version):
    assert "Greet somebody" in rae.get(url(rae) + "?search=HELLO").content.decode()
    assert "Greet somebody" not in rae.get(url(rae) + "?category=hiring").content.decode()
    assert rae.get(url(rae) + "?category=made-up").status_code == 404
    assert rae.get(url(rae) + "?cursor=made-up").status_code == 404


def test_the_gallery_costs_the_same_for_many(rae, bob, django_assert_max_num_queries):
    def cost():
        with django_assert_max_num_queries(12) as queries:
            rae.get(url(rae) + "?whose=team")
        return len(queries)

    publish(bob, greet(bob))
    rae.get(url(rae))  # from here on the session knows the team
    few = cost()
    for number in range(8):
        publish(bob, greet(bob, f"Greet {number}"))
    assert cost() == few


HOSTILE = '<script>alert(1)</script>"><img src=x onerror=alert(1)>'


def test_what_people_write_is_only_ever_text(bob, rae, workflow):
    about = ABOUT | {
        "title": HOSTILE[:120],
        "summary": HOSTILE,
        "readme": f"# {HOSTILE}\n\n[x](javascript:alert(1)) [y](data:text/html,1) ![p](https://e.example/p.png)"
        f"\n\n| a |\n|:-:|\n| {HOSTILE} |\n\n<style>*{{display:none}}</style>",
    }
    template = publish(bob, workflow, about=about, notes=HOSTILE).template

    for path in (url(rae), url(rae, template.public_id), url(rae, template.public_id, "use")):
        page = rae.get(path).content.decode()
        for evil in (
            "<script>alert",
            "<img src=x",
            'href="javascript',
            'href="data',
            "<style",
            'p.png"',
        ):
            assert evil not in page.replace('href="https://e.example/p.png"', "")
        assert "style=" not in page


def test_a_refusal_changes_nothing(bob, workflow, version):
    with pytest.raises(services.Refused):
        publish(bob, workflow, examples={})

    version.template.refresh_from_db()
    assert version.template.number == 1


def test_the_columns_that_were_chosen_go_along(bob, workflow):
    keys = {column.title: column.key for column in choosing.columns_of(workflow)}
    choosing.turn(workflow, keys["Headline"], on=False, actor=bob.user)
    workflow = choosing.rename(workflow, keys["Name"], "Who", actor=bob.user).workflow

    version = publish(bob, workflow)

    titles = [title for _, title in version.sample["columns"]]
    assert titles[0] == "Who"
    assert "Headline" not in titles
    copy = services.copy(version, team=bob.team, actor=bob.user, name="Copy", choices={}, inputs={})
    assert copy.table == version.table
