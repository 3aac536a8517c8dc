"""Folders, tags, and the way of a workflow into another team."""

import html

import pytest

from accounts import services as people
from accounts.models import AuditEvent, Role
from editor.trees.places import Place
from editor.workflows import services
from editor.workflows.edits import shelving, undoing
from editor.workflows.models import Folder, Tag, Workflow
from editor.workflows.queries import tree_of

PAGE = '{"actionType": "st.openPersonPage", "personUrl": "https://www.linkedin.com/in/ada"}'


@pytest.fixture
def workflow(bob):
    return services.import_wire(bob.team, actor=bob.user, name="One page", source=PAGE)


def at(person, *parts):
    return "/".join((f"/t/{person.team.slug}/workflows", *parts))


def folders_at(person, *parts):
    return "/".join((f"/t/{person.team.slug}/folders", *parts))


def listed(person, query=""):
    return person.get(at(person) + query).content.decode()


# Folders


def test_a_folder_is_made_filled_renamed_and_deleted_and_nothing_is_lost(bob, workflow):
    bob.post(folders_at(bob), {"name": "  Leads  "})
    folder = Folder.objects.get(name="Leads")
    assert "One page" not in listed(bob, f"?folder={folder.public_id}")

    bob.post(at(bob, workflow.public_id, "folder"), {"folder": folder.public_id})
    assert "One page" in listed(bob, f"?folder={folder.public_id}")
    assert "One page" not in listed(bob, "?folder=none")

    bob.post(folders_at(bob, folder.public_id), {"name": "Warm leads"})
    assert "Warm leads" in listed(bob)

    bob.post(folders_at(bob, folder.public_id, "delete"))
    assert "One page" in listed(bob, "?folder=none")
    verbs = AuditEvent.objects.filter(verb__startswith="folder.").values_list("verb", flat=True)
    assert set(verbs) == {"folder.created", "folder.renamed", "folder.deleted"}


@pytest.mark.parametrize("name", ["", "   ", "x" * 61, "LEADS"])
def test_a_name_that_does_not_do_is_refused_in_words(bob, name):
    shelving.create_folder(bob.team, actor=bob.user, name="Leads")

    page = bob.post(folders_at(bob), {"name": name}, follow=True).content.decode()

    assert Folder.objects.count() == 1
    assert any(words in page for words in ("Give the folder a name", "at most 60", "already"))


def test_folders_of_others_are_not_there(eve, bob, workflow):
    theirs = shelving.create_folder(eve.team, actor=eve.user, name="Theirs")

    assert bob.get(at(bob) + f"?folder={theirs.public_id}").status_code == 404
    put = bob.post(at(bob, workflow.public_id, "folder"), {"folder": theirs.public_id})
    assert put.status_code == 404
    assert bob.post(folders_at(bob, theirs.public_id, "delete")).status_code == 404
    assert Folder.objects.filter(pk=theirs.pk).exists()


# Tags


def test_tags_are_set_shown_offered_and_filtered_by(bob, vic, workflow):
    bob.post(at(bob, workflow.public_id, "tags"), {"tag": ["weekly", "Leads, WEEKLY "]})

    assert sorted(workflow.tags.values_list("name", flat=True)) == ["Leads", "WEEKLY"]
    page = listed(vic)
    assert "?tag=Leads" in page
    assert '<option value="Leads">' in page, "offered while typing"
    assert "One page" in listed(vic, "?tag=leads")
    assert "One page" not in listed(vic, "?tag=other")
    assert "One page" in listed(vic, "?search=leads"), "found by its tag, too"

    bob.post(at(bob, workflow.public_id, "tags"), {"tag": ""})
    assert not Tag.objects.exists()


def test_a_tag_is_only_ever_text(bob, workflow):
    evil = '"><script>alert(1)'

    bob.post(at(bob, workflow.public_id, "tags"), {"tag": evil})

    assert evil not in listed(bob)
    assert evil not in listed(bob, "?tag=" + evil)
    assert evil not in bob.get(at(bob, workflow.public_id, "shelf")).content.decode()


@pytest.mark.parametrize("tags", ["x" * 31, ",".join(f"t{n}" for n in range(13))])
def test_too_much_is_refused_and_nothing_changes(bob, workflow, tags):
    shelving.set_tags(workflow, ["kept"])

    bob.post(at(bob, workflow.public_id, "tags"), {"tag": tags})

    assert [tag.name for tag in workflow.tags.all()] == ["kept"]


def test_the_list_costs_the_same_for_many(bob, workflow, django_assert_max_num_queries):
    def cost():
        with django_assert_max_num_queries(16) as queries:
            bob.get(at(bob))
        return len(queries)

    def another(number):
        made = services.create(bob.team, actor=bob.user, name=f"W{number}")
        shelving.set_tags(made, ["a", f"b{number}"])
        folder = shelving.create_folder(bob.team, actor=bob.user, name=f"F{number}")
        shelving.put_into(made, folder)

    another(0)
    bob.get(at(bob))
    few = cost()
    for number in range(1, 8):
        another(number)
    assert cost() == few


# Another team


@pytest.fixture
def both(bob, eve):
    """Bob builds in Eve's team, too."""
    people.add_member(team=eve.team, actor=eve.user, user=bob.user, role=Role.BUILDER)
    return eve.team


def send(person, workflow, team, **form):
    return person.post(at(person, workflow.public_id, "send"), {"team": team.slug} | form)


def test_a_copy_goes_to_another_team_with_what_is_in_it_and_nothing_else(bob, both, workflow):
    services.set_note(workflow, next(iter(tree_of(workflow).nodes)), "look", actor=bob.user)
    shelving.set_tags(workflow, ["weekly"])

    answer = send(bob, workflow, both, do="copy", name="Ours")

    copy = Workflow.objects.get(team=both)
    assert answer["Location"] == f"/t/{both.slug}/workflows/{copy.public_id}"
    assert copy.name == "Ours"
    assert [node.note for node in tree_of(copy).nodes.values()] == ["look"]
    assert [tag.name for tag in copy.tags.all()] == ["weekly"]
    assert not tree_of(copy).nodes.keys() & tree_of(workflow).nodes.keys()
    workflow.refresh_from_db()
    assert workflow.archived_at is None
    for team, verb in ((bob.team, "workflow.copied_out"), (both, "workflow.copied_in")):
        assert AuditEvent.objects.filter(team=team, verb=verb, actor=bob.user).exists()


def test_a_move_leaves_the_old_one_in_the_archive(bob, both, workflow):
    send(bob, workflow, both, do="move")

    workflow.refresh_from_db()
    assert workflow.archived_at is not None
    assert Workflow.objects.get(team=both).name == "One page"
    assert AuditEvent.objects.filter(team=bob.team, verb="workflow.moved_out").exists()


def test_its_versions_move_along_and_can_be_restored_there(bob, both, workflow):
    before = [node.type for node in tree_of(workflow).nodes.values()]
    services.name_present(workflow, actor=bob.user, name="As Bob left it")
    services.write_json(workflow, '{"actionType": "st.retrieveSSI"}', actor=bob.user)
    workflow.refresh_from_db()

    answer = send(bob, workflow, both, do="move")
    moved = Workflow.objects.get(team=both)
    told = bob.get(answer["Location"], follow=True).content.decode()
    assert f"Its runs and results stay in {bob.team}" in html.unescape(told)
    versions = list(moved.versions.order_by("number"))
    assert [version.name for version in versions if version.name] == ["As Bob left it"]
    assert moved.versions.count() == workflow.versions.count()

    page = f"/t/{both.slug}/workflows/{moved.public_id}"
    assert bob.get(f"{page}/versions").status_code == 200
    services.restore_version(
        moved, versions[0].number, actor=bob.user, base_revision=moved.revision
    )
    assert [node.type for node in tree_of(moved).nodes.values()] == before
    assert not tree_of(moved).nodes.keys() & tree_of(workflow).nodes.keys()


def test_what_was_done_before_a_move_can_be_undone_after_it(bob, both, workflow):
    root = next(iter(tree_of(workflow).nodes))
    services.add_action(workflow, "st.retrievePersonSkills", Place(root, 0), actor=bob.user)
    services.set_note(workflow, root, "look", actor=bob.user)
    workflow.refresh_from_db()
    send(bob, workflow, both, do="move")
    moved = Workflow.objects.get(team=both)
    undoing.undo(moved, actor=bob.user)
    undoing.undo(moved, actor=bob.user)
    assert [(node.type, node.note) for node in tree_of(moved).nodes.values()] == [
        ("st.openPersonPage", "")
    ]
    undoing.redo(moved, actor=bob.user)
    assert len(tree_of(moved).nodes) == 2
    page = f"/t/{both.slug}/workflows/{moved.public_id}/versions/edits"
    assert bob.get(page).status_code == 200


def test_a_copy_begins_its_own_history(bob, both, workflow):
    services.name_present(workflow, actor=bob.user, name="As Bob left it")
    send(bob, workflow, both, do="copy")
    assert not Workflow.objects.get(team=both).versions.exists()


def test_it_is_copied_within_the_team_but_not_moved(bob, workflow):
    assert send(bob, workflow, bob.team, do="copy").status_code == 302
    assert send(bob, workflow, bob.team, do="move").status_code == 422
    assert Workflow.objects.filter(team=bob.team, archived_at=None).count() == 2


def test_only_into_teams_where_one_builds(bob, eve, workflow):
    assert send(bob, workflow, eve.team, do="copy").status_code == 404
    people.add_member(team=eve.team, actor=eve.user, user=bob.user, role=Role.RUNNER)
    assert send(bob, workflow, eve.team, do="copy").status_code == 403
    assert (
        "Elsewhere"
        not in bob.get(at(bob, workflow.public_id, "send"))
        .content.decode()
        .split('id="send-team"')[1]
    )
    assert not Workflow.objects.filter(team=eve.team).exists()


def test_whoever_does_not_build_here_takes_nothing_away(rae, eve, workflow):
    people.add_member(team=eve.team, actor=eve.user, user=rae.user, role=Role.BUILDER)

    assert send(rae, workflow, eve.team, do="copy").status_code == 403
