"""Connections: tokens go in and never come out; the test button tells the truth."""

import re

import pytest
from django.db import connection as database
from django.utils import timezone

from accounts import health, services
from accounts.models import AuditEvent, Connection, Role
from editor.linkedapi import Refused
from editor.runs import services as runs
from editor.sandbox import services as sandbox
from editor.sandbox.models import SandboxAccount
from editor.workflows import services as workflows

TOKENS = {
    "linked_api_token": "linked_canary-7f3a9c",
    "identification_token": "id_canary-51d2b8",
}


def urls(team):
    return f"/t/{team.slug}/team/connections"


def add(person, name="Ann on LinkedIn"):
    person.post(f"{urls(person.team)}/new", TOKENS | {"name": name})
    return Connection.objects.get(team=person.team, name=name)


def tokens_of(connection):
    credentials = connection.credentials()
    return credentials.linked_api_token, credentials.identification_token


class TestAdding:
    def test_stores_tokens_encrypted_and_shows_their_ends_only(self, ann):
        found = add(ann)

        assert tokens_of(found) == tuple(TOKENS.values())
        with database.cursor() as cursor:
            cursor.execute("SELECT linked_api_token, identification_token FROM accounts_connection")
            stored = str(cursor.fetchall())
        page = ann.get(f"{urls(ann.team)}/{found.public_id}").content.decode()
        for token in TOKENS.values():
            assert token not in stored
            assert token not in page
            assert token[-4:] in page

    def test_the_record_and_the_repr_hold_no_token(self, ann):
        found = add(ann)

        told = f"{AuditEvent.objects.get(subject=found.name).details} {found!r} {found.credentials()!r}"
        assert "canary" not in told

    @pytest.mark.parametrize(
        "bad", ["2short", "with a space in it", "with\nline-break", "ümlaut-token"]
    )
    def test_refuses_what_is_no_token_and_does_not_show_it_again(self, ann, bad):
        answer = ann.post(f"{urls(ann.team)}/new", TOKENS | {"name": "X", "linked_api_token": bad})

        assert answer.status_code == 422
        assert bad not in answer.content.decode()
        assert TOKENS["identification_token"] not in answer.content.decode()
        assert not Connection.objects.filter(name="X").exists()

    def test_a_name_is_given_once_per_team_whatever_its_case(self, ann, eve):
        add(ann)
        again = ann.post(f"{urls(ann.team)}/new", TOKENS | {"name": "ANN ON LINKEDIN"})

        assert again.status_code == 422
        assert "Pick another name" in again.content.decode()
        assert add(eve).team == eve.team

    def test_a_sandbox_account_needs_a_name_only(self, ann):
        ann.post(f"{urls(ann.team)}/new/sandbox", {"name": "Playground"})

        made = Connection.objects.get(name="Playground")
        assert made.kind == "sandbox"
        assert made.credentials().linked_api_token

    def test_two_teams_never_share_a_sandbox_account(self, ann, eve):
        tokens = {c.credentials().identification_token for c in Connection.objects.all()}
        assert len(tokens) == Connection.objects.count() == 2


class TestChanging:
    def test_other_tokens_replace_the_old_ones_and_want_a_new_test(self, ann):
        found = add(ann)
        health.pause(found, Refused("no", type="invalidLinkedApiToken"), timezone.now())

        page = ann.get(f"{urls(ann.team)}/{found.public_id}").content.decode()
        assert 'href="#tokens"' in page, "what is wrong leads to what mends it"
        ann.post(
            f"{urls(ann.team)}/{found.public_id}/tokens",
            {"linked_api_token": "linked_new-0001", "identification_token": "id_new-0002"},
        )
        found.refresh_from_db()
        assert tokens_of(found) == ("linked_new-0001", "id_new-0002")
        assert (found.linked_api_hint, found.state, found.state_note) == ("0001", "untested", "")
        assert (found.error_type, found.paused) == ("", False), "its queue tries the new ones"

    def test_a_sandbox_connection_keeps_its_tokens(self, ann):
        sandbox = Connection.objects.get(team=ann.team)

        answer = ann.post(f"{urls(ann.team)}/{sandbox.public_id}/tokens", TOKENS)
        assert answer.status_code == 404

    def test_says_how_it_hears_of_runs_and_what_keeps_it_from_that(self, ann, settings):
        found = add(ann)

        def webhooks():
            page = ann.get(f"{urls(ann.team)}/{found.public_id}").content.decode()
            return " ".join(re.search(r"(?s)<dt>Webhooks</dt><dd>(.*?)</dd>", page)[1].split())

        settings.WEBHOOK_URL = ""
        assert "this server has no address" in webhooks()
        settings.WEBHOOK_URL = "https://trellis.example.com"
        assert webhooks() == "None heard so far. Until then Trellis asks how runs stand."
        Connection.objects.update(webhook_note="Linked API does not sign its webhooks here.")
        assert webhooks().startswith("Linked API does not sign its webhooks here.")
        assert "Trellis asks how runs stand instead." in webhooks()
        Connection.objects.update(webhook_note="", heard_at=timezone.now())
        assert webhooks().startswith("Last one heard <time")

    def test_renames(self, ann):
        found = add(ann)
        taken = ann.post(f"{urls(ann.team)}/{found.public_id}/name", {"name": "sandbox"})
        assert taken.status_code == 422
        assert "Ann on LinkedIn" in taken.content.decode()

        ann.post(f"{urls(ann.team)}/{found.public_id}/name", {"name": "Main account"})
        found.refresh_from_db()
        assert found.name == "Main account"

    def test_deletes(self, ann):
        found = add(ann)

        ann.post(f"{urls(ann.team)}/{found.public_id}/delete")
        assert not Connection.objects.filter(pk=found.pk).exists()
        assert AuditEvent.objects.filter(verb="connection.deleted", subject=found.name).exists()

    def test_one_with_runs_stays(self, ann):
        sandbox = Connection.objects.get(team=ann.team)
        workflow = workflows.import_wire(
            ann.team, actor=ann.user, name="Index", source='{"actionType": "st.retrieveSSI"}'
        )
        runs.start_run(workflow, connection=sandbox, actor=ann.user, submit_key="k")

        page = ann.post(
            f"{urls(ann.team)}/{sandbox.public_id}/delete", follow=True
        ).content.decode()
        assert "has runs, and their record needs it" in page
        assert "To keep others from using it, change who may run on it." in page
        assert f'action="{urls(ann.team)}/{sandbox.public_id}/use"' in page, (
            "it is done right there"
        )
        assert Connection.objects.filter(pk=sandbox.pk).exists()
        assert not AuditEvent.objects.filter(verb="connection.deleted").exists()


class TestOthers:
    @pytest.mark.parametrize("verb", ["", "/name", "/tokens", "/test", "/delete"])
    def test_a_stranger_finds_nothing_and_a_builder_may_not(self, ann, bob, eve, verb):
        path = f"{urls(ann.team)}/{add(ann).public_id}{verb}"
        ask = "get" if verb == "" else "post"

        assert getattr(eve, ask)(path).status_code == 404
        assert getattr(bob, ask)(path).status_code == 403
        through_her_own_team = path.replace(ann.team.slug, eve.team.slug)
        assert getattr(eve, ask)(through_her_own_team).status_code == 404

    def test_a_builder_reads_which_role_it_takes(self, bob):
        page = bob.get(f"{urls(bob.team)}/new").content.decode()

        assert "This takes the role Admin; yours is Builder." in page
        assert re.search(r"An admin of\s+Outreach can change your role", page)


class TestTheTestButton:
    @pytest.mark.django_db(transaction=True)
    def test_says_whose_account_it_is(self, live_server, settings, ann):
        settings.SANDBOX_URL = f"{live_server.url}/sandbox"
        sandbox = Connection.objects.get(team=ann.team)

        page = ann.post(f"{urls(ann.team)}/{sandbox.public_id}/test", follow=True).content.decode()

        assert "Working" in page
        assert "Acts as " in page

    @pytest.mark.django_db(transaction=True)
    def test_says_when_the_service_refuses(self, live_server, settings, ann):
        settings.LINKEDAPI_URL = f"{live_server.url}/sandbox"
        found = add(ann)

        page = ann.post(f"{urls(ann.team)}/{found.public_id}/test", follow=True).content.decode()

        assert "Token not accepted" in page
        assert "Copy the token from your Linked API account" in page
        assert "canary" not in page

    def test_says_when_nobody_answers(self, settings, ann):
        settings.LINKEDAPI_URL = "http://127.0.0.1:1"
        found = add(ann)

        page = ann.post(f"{urls(ann.team)}/{found.public_id}/test", follow=True).content.decode()

        assert "Unreachable" in page
        assert "could not be reached" in page


class TestSigningInAgain:
    @pytest.fixture
    def signed_out(self, transactional_db, live_server, settings, ann):
        settings.SANDBOX_URL = f"{live_server.url}/sandbox"
        found = Connection.objects.get(team=ann.team)
        account = SandboxAccount.objects.get(identification_token=found.identification_token)
        sandbox.set_status(account, "reconnection_required", timezone.now())
        ann.post(f"{urls(ann.team)}/{found.public_id}/test")
        return found

    def test_the_link_is_asked_for_shown_once_and_leads_back_to_a_working_account(
        self, signed_out, ann, client
    ):
        url = f"{urls(ann.team)}/{signed_out.public_id}"
        assert "Get the link to sign in again" in ann.get(url).text

        page = ann.post(f"{url}/reconnect").text

        link = re.search(r'href="(http[^"]+)" target="_blank" rel="noopener noreferrer"', page)[1]
        assert "Give the link to nobody" in page
        assert link not in ann.get(url).text, "it is not stored"
        assert AuditEvent.objects.get(verb="connection.link_asked").details == {}
        assert client.post("/sandbox/" + link.partition("/sandbox/")[2]).status_code < 400
        page = ann.post(f"{url}/test", follow=True).text
        assert "Acts as " in page
        assert "sign in again" not in page

    def test_an_account_that_is_signed_in_needs_none(self, signed_out, ann):
        sandbox.set_status(SandboxAccount.objects.get(), "active", timezone.now())

        page = ann.post(f"{urls(ann.team)}/{signed_out.public_id}/reconnect", follow=True).text

        assert "says that this account is signed in" in page
        assert not AuditEvent.objects.filter(verb="connection.link_asked").exists()

    def test_when_nobody_answers_it_says_so(self, signed_out, ann, settings):
        settings.SANDBOX_URL = "http://127.0.0.1:1"

        page = ann.post(f"{urls(ann.team)}/{signed_out.public_id}/reconnect", follow=True).text

        assert "Linked API gave no link" in page

    def test_it_is_for_those_who_manage_the_account(self, signed_out, rae):
        assert rae.post(f"{urls(rae.team)}/{signed_out.public_id}/reconnect").status_code == 403


class TestWhoMayRunOnIt:
    """Ann limits the sandbox connection; Rae is a runner, Bob a builder."""

    def limit(self, ann, role, *people):
        found = Connection.objects.get(team=ann.team)
        answer = ann.post(
            f"{urls(ann.team)}/{found.public_id}/use",
            {"least_role": role, "people": [person.user.pk for person in people]},
        )
        assert answer.status_code == 302
        return found

    def workflow_of(self, ann):
        return workflows.import_wire(
            ann.team, actor=ann.user, name="Index", source='{"actionType": "st.retrieveSSI"}'
        )

    def run(self, person, workflow, connection):
        return person.post(
            f"/t/{person.team.slug}/workflows/{workflow.public_id}/run",
            {"submit_key": f"by-{person.user}", "connection": connection.public_id},
        )

    def test_a_role_too_small_neither_finds_nor_uses_it(self, ann, bob, rae):
        workflow, found = self.workflow_of(ann), self.limit(ann, "builder")

        page = rae.get(f"/t/{rae.team.slug}/workflows/{workflow.public_id}/run").content.decode()
        assert found.public_id not in page
        assert self.run(rae, workflow, found).status_code == 422
        with pytest.raises(runs.Refused, match="You may not run on"):
            runs.start_run(workflow, connection=found, actor=rae.user, submit_key="k")
        assert self.run(bob, workflow, found).status_code == 302

    def test_people_by_name_may_whatever_their_role(self, ann, bob, rae):
        workflow, found = self.workflow_of(ann), self.limit(ann, "admin", rae)

        assert self.run(rae, workflow, found).status_code == 302
        assert self.run(bob, workflow, found).status_code == 422
        assert self.run(ann, workflow, found).status_code == 302

    def test_nobody_from_elsewhere_is_let_on_it(self, ann, eve):
        found = Connection.objects.get(team=ann.team)
        services.limit_connection(
            connection=found, actor=ann.user, least_role=Role.ADMIN, people=[eve.user]
        )
        assert list(found.people.all()) == []

    def test_somebody_who_left_may_not_any_more(self, ann, rae):
        workflow, found = self.workflow_of(ann), self.limit(ann, "admin", rae)
        rae.user.memberships.all().delete()

        with pytest.raises(runs.Refused):
            runs.start_run(workflow, connection=found, actor=rae.user, submit_key="k")

    def test_nobody_of_another_team_is_let_in(self, ann, eve):
        found = Connection.objects.get(team=ann.team)
        answer = ann.post(
            f"{urls(ann.team)}/{found.public_id}/use",
            {"least_role": "admin", "people": [eve.user.pk]},
        )
        assert answer.status_code == 422
        assert not found.people.exists()

    def test_the_record_says_who(self, ann, rae):
        self.limit(ann, "admin", rae)

        assert AuditEvent.objects.get(verb="connection.limited").details == {
            "least_role": "admin",
            "people": ["rae@example.com"],
        }
