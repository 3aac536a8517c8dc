"""Erase a LinkedIn person: nowhere in what runs have kept is anything left of them; all others stay."""

import json
import zlib
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import AuditEvent
from editor.personal import erasing
from editor.personal.blanking import ERASED, Person
from editor.review import indexing, words
from editor.review.models import DayCounts
from editor.runs import ledger
from editor.runs.models import Act, BatchRow, Run
from editor.runs.pages.notes import set_note
from editor.runs.results import outcome
from editor.workflows import services as workflows
from tests.people import Person as Reader
from tests.runs.conftest import CHECK, INVITE_ALL, account, connection, make_run, worker  # noqa: F401
from tests.runs.test_outcome import finish

ROOMS = ("runs", "review", "outgoing")


def kept():
    """All that those rooms have in the database, as text."""
    texts = []
    for room in ROOMS:
        for model in apps.get_app_config(room).get_models():
            for row in model._base_manager.values_list():
                texts += [_as_text(value) for value in row]
    return "\n".join(texts)


def _as_text(value):
    if isinstance(value, (bytes, memoryview)):
        return zlib.decompress(value).decode()
    return str(value)


@pytest.fixture
def ran(make_run, worker, account):  # noqa: F811
    """A run that invited three people, and the search that knows it."""
    run = worker.advance(make_run(INVITE_ALL))
    indexing.take_in(timezone.now())
    return run


def people(run):
    return run.results.get(action_type="st.searchPeople").data


def slug(person):
    return person["publicUrl"].rstrip("/").rsplit("/", 1)[-1]


class TestAll:
    def test_nothing_is_left_of_the_one_and_everything_of_the_others(self, ran, ann):
        gone, stays = people(ran)[:2]
        assert slug(gone) in kept()
        others = kept().count(slug(stays))

        page = ann.post(f"/t/{ann.team.slug}/team/erase", {"address": gone["publicUrl"] + "/?x=1"})
        assert "Erased: " in page.content.decode()
        told = kept()
        assert slug(gone) not in told
        assert gone["name"] not in told
        assert kept().count(slug(stays)) == others
        assert stays["name"] in told

    def test_the_run_still_shows(self, ran, ann):
        erasing.erase(ann.team, people(ran)[0]["publicUrl"], actor=ann.user)
        run = Run.objects.get(pk=ran.pk)

        for end in ("", "/export", "/live"):
            page = ann.get(f"/t/{ann.team.slug}/runs/{run.public_id}{end}")
            assert page.status_code == 200
        assert (run.done, run.acted) == (ran.done, ran.acted)

    def test_the_ledger_counts_on_and_warns_but_cannot_say_who(self, ran, ann, eve):
        gone, stays = (each["publicUrl"] for each in people(ran)[:2])
        stranger = "https://www.linkedin.com/in/never-met"
        before = Act.objects.count()
        erasing.erase(ann.team, gone, actor=ann.user)

        assert Act.objects.count() == before
        asked = [gone.upper() + "?trk=x", stays, stranger]
        invited = ledger.already(ran.connection, "st.sendConnectionRequest", asked, {})
        assert set(invited) == set(asked[:2])
        assert invited[asked[0]].run == ran.public_id
        assert ledger.hidden(ann.team.pk, "/in/a") != ledger.hidden(eve.team.pk, "/in/a")

    def test_under_another_address_of_theirs_too(self, ran, ann):
        gone = people(ran)[0]
        erasing.erase(ann.team, gone["publicUrl"], actor=ann.user)
        assert ledger.already(ran.connection, "st.sendConnectionRequest", [gone["urn"]])

    def test_only_with_the_key_of_the_server(self, ran, ann, settings):
        gone = people(ran)[0]["publicUrl"]
        erasing.erase(ann.team, gone, actor=ann.user)
        settings.SECRET_KEY = "another-key-of-another-server"
        assert ledger.already(ran.connection, "st.sendConnectionRequest", [gone]) == {}

    def test_the_form_for_a_run_warns_of_them(self, ran, ann):
        gone = people(ran)[0]["publicUrl"]
        erasing.erase(ann.team, gone, actor=ann.user)
        again = workflows.import_wire(
            ann.team, actor=ann.user, name="Again",
            source=json.dumps({"actionType": "st.sendConnectionRequest", "personUrl": gone}),
        )  # fmt: skip
        address = f"/t/{ann.team.slug}/workflows/{again.public_id}/run"
        page = ann.get(f"{address}?connection={ran.connection.public_id}").content.decode()
        assert "already" in page

    def test_what_people_wrote_about_them_is_listed(self, ran, ann, eve):
        gone, stays = people(ran)[:2]
        source = json.dumps({"actionType": "st.openPersonPage", "personUrl": gone["publicUrl"]})
        workflows.import_wire(ann.team, actor=ann.user, name="By address", source=source)
        workflows.import_wire(eve.team, actor=eve.user, name="Of Eve", source=source)
        named = workflows.import_wire(
            ann.team, actor=ann.user, name="By name", source='{"actionType": "st.retrieveSSI"}'
        )
        workflows.rename(named, actor=ann.user, name="By name", description=gone["name"].upper())
        workflows.import_wire(
            ann.team, actor=ann.user, name="Harmless", source='{"actionType": "st.retrieveSSI"}'
        )
        set_note(
            ran, f"Ask {gone['name']}, {gone['publicUrl']}, and {stays['name']}", actor=ann.user
        )

        page = ann.post(f"/t/{ann.team.slug}/team/erase", {"address": gone["publicUrl"]})
        listed = page.content.decode().partition("Look at these yourself")[2]
        assert ">By address<" in listed
        assert ">By name<" in listed
        assert "Note on a run" in listed
        assert "Harmless" not in listed
        assert "Of Eve" not in listed
        ran.refresh_from_db()
        assert ran.note == f"Ask {gone['name']}, {ERASED}, and {stays['name']}"

    def test_the_search_forgets_at_once_and_learns_the_rest_again(self, ran, ann):
        gone, stays = people(ran)[:2]
        counted = list(DayCounts.objects.values())
        assert counted
        erasing.erase(ann.team, gone["publicUrl"], actor=ann.user)
        indexing.take_in(timezone.now())
        assert list(DayCounts.objects.values()) == counted

        def found(text):
            return Run.objects.filter(words.holding(ann.team, text), pk=ran.pk).exists()

        assert not found(gone["name"])
        assert found(stays["name"])

    def test_the_log_tells_that_and_how_much_but_not_whom(self, ran, ann):
        gone = people(ran)[0]
        erasing.erase(ann.team, gone["publicUrl"], actor=ann.user)

        event = AuditEvent.objects.get(verb="person.erased")
        assert event.details["results"] > 0
        assert slug(gone) not in f"{event.subject} {event.details}"

    def test_a_second_time_finds_nothing(self, ran, ann):
        gone = people(ran)[0]["publicUrl"]
        erasing.erase(ann.team, gone, actor=ann.user)

        assert erasing.erase(ann.team, gone, actor=ann.user).counts == {}

    def test_another_teams_results_stay(self, ran, ann, eve):
        before = kept()
        assert erasing.erase(eve.team, people(ran)[0]["publicUrl"], actor=eve.user).counts == {}
        assert kept() == before


class TestEdges:
    def test_what_a_workflow_was_asked_for_goes_too(self, make_run, worker, ann):  # noqa: F811
        run = worker.advance(make_run(CHECK))
        erasing.erase(ann.team, CHECK["personUrl"], actor=ann.user)

        run = Run.objects.select_related("plan").get(pk=run.pk)
        assert "example-ines-quintal" not in kept()
        assert ERASED in outcome.definition_of(run.plan).decode()

    @pytest.mark.parametrize("written", ["zoë-ünal", "zo%C3%AB-%C3%BCnal"])
    def test_an_address_is_found_however_it_is_written(self, make_run, ann, written):  # noqa: F811
        wire = {"actionType": "st.searchPeople", "term": "freight", "limit": 2}
        mentions = f"Knows https://www.linkedin.com/in/{written} well"
        found = [
            {"name": "Zoë Ünal", "publicUrl": f"https://www.linkedin.com/in/{written}"},
            {"name": "Bo", "publicUrl": "https://www.linkedin.com/in/bo", "headline": mentions},
        ]
        finish(make_run(wire), {"actionType": "st.searchPeople", "success": True, "data": found})
        before = kept()
        assert before.count("nal") > 2

        erasing.erase(ann.team, "https://www.linkedin.com/in/zoë-ünal", actor=ann.user)
        assert [each for each in (written, "Zoë", "nal well") if each in kept()] == []
        assert "in/bo" in kept()

    def test_a_run_under_way_is_left_alone_and_told(self, make_run, ann):  # noqa: F811
        make_run(CHECK)
        done = erasing.erase(ann.team, CHECK["personUrl"], actor=ann.user)

        assert done.busy == 1
        assert "example-ines-quintal" in kept()

    def test_a_waiting_row_of_a_table_does_not_run_any_more(self, ann, connection):  # noqa: F811
        made = workflows.import_wire(
            ann.team, actor=ann.user, name="Many",
            source='{"actionType": "st.openPersonPage", "personUrl": "{{ person }}"}',
        )  # fmt: skip
        workflows.declare_input(made, "person", "url", actor=ann.user)
        ann.post(
            f"/t/{ann.team.slug}/workflows/{made.public_id}/batch",
            {"text": f"{CHECK['personUrl']}\nhttps://www.linkedin.com/in/bob", "connection": connection.public_id},
        )  # fmt: skip
        erasing.erase(ann.team, CHECK["personUrl"], actor=ann.user)

        states = dict(BatchRow.objects.order_by("number").values_list("state", "note"))
        assert states == {"skipped": "This person was erased.", "waiting": ""}
        assert "example-ines-quintal" not in kept()

    @pytest.mark.parametrize(
        "address", ["", "ada", "https://www.linkedin.com/company/x", "javascript:1"]
    )
    def test_only_a_person_has_such_an_address(self, ann, address):
        answer = ann.post(f"/t/{ann.team.slug}/team/erase", {"address": address})
        assert answer.status_code == 422

    def test_by_command(self, ran, ann):
        out = StringIO()
        gone = people(ran)[0]
        call_command("erase_person", gone["publicUrl"], team=ann.team.slug, stdout=out)

        assert "Erased: " in out.getvalue()
        assert slug(gone) not in kept()
        with pytest.raises(CommandError, match="no team"):
            call_command("erase_person", gone["publicUrl"], team="nobody")


class TestBlanking:
    ada = Person(["/in/ada"])

    @pytest.mark.parametrize(
        ("before", "after"),
        [
            ("https://www.linkedin.com/in/ada", ERASED),
            ("HTTPS://de.linkedin.com/in/Ada/?trk=x", ERASED),
            ("see https://www.linkedin.com/in/ada/details now", f"see {ERASED} now"),
            ("https://www.linkedin.com/in/ada-b", "https://www.linkedin.com/in/ada-b"),
            ("https://www.linkedin.com/in/adam", "https://www.linkedin.com/in/adam"),
            ({"url": "https://www.linkedin.com/in/ada", "age": 3, "then": [{"x": "y"}]},
             {"url": ERASED, "age": None, "then": [{"x": ERASED}]}),
            ([{"url": "https://www.linkedin.com/in/ada"}, {"url": "https://www.linkedin.com/in/bob"}],
             [{"url": ERASED}, {"url": "https://www.linkedin.com/in/bob"}]),
            ({"list": [1, None, True]}, {"list": [1, None, True]}),
        ],
    )  # fmt: skip
    def test_what_goes_and_what_stays(self, before, after):
        assert self.ada.without(before) == after

    def test_other_addresses_of_the_same_person_are_learned(self):
        page = {
            "publicUrl": "https://www.linkedin.com/in/ada",
            "hashedUrl": "https://www.linkedin.com/in/ACoA1",
        }
        assert self.ada.others([page, {"publicUrl": "https://www.linkedin.com/in/bob"}]) == {
            "/in/acoa1"
        }


def test_only_admins_find_the_page(bob: Reader):
    assert bob.get(f"/t/{bob.team.slug}/team/erase").status_code == 403
