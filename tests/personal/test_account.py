"""One's own account: taken along as a file, and forgotten."""

import json

from django.apps import apps

from accounts import services
from accounts.models import AuditEvent, Connection, Membership, Role, Team, User
from editor.personal import account
from editor.runs import services as runs
from editor.workflows import services as workflows
from tests.people import PASSWORD, Person, confirm


def start(person, key="k"):
    made = workflows.import_wire(
        person.team, actor=person.user, name="Index", source='{"actionType": "st.retrieveSSI"}'
    )
    connection = Connection.objects.get(team=person.team)
    return runs.start_run(made, connection=connection, actor=person.user, submit_key=key)


def everything():
    """All tables but those of Django and the sandbox, as text."""
    texts = []
    for model in apps.get_models():
        if not model._meta.label.startswith("sandbox."):
            texts += [str(row) for row in model._base_manager.values_list()]
    return "\n".join(texts)


class TestExport:
    def test_holds_all_that_is_kept_and_no_secret(self, bob: Person):
        start(bob)
        assert bob.get("/profile/data").headers["Location"].startswith("/accounts/reauthenticate/")
        confirm(bob)

        answer = bob.get("/profile/data")
        assert "attachment" in answer.headers["Content-Disposition"]
        told = json.loads(answer.content)
        assert told["account"]["email"] == "bob@example.com"
        assert told["teams"][0] == told["teams"][0] | {"role": "builder", "name": "Outreach"}
        assert told["runs"][0]["workflow_name"] == "Index"
        assert "run.started" in {event["verb"] for event in told["record"]}
        assert bob.user.password not in answer.content.decode()

    def test_holds_nothing_of_others(self, bob: Person, ann: Person):
        confirm(bob)
        assert "ann@example.com" not in bob.get("/profile/data").content.decode()


class TestErase:
    def test_a_member_leaves_work_but_no_name(self, ann: Person, bob: Person):
        run = start(bob)
        services.change_role(
            membership=Membership.objects.get(user=bob.user), actor=ann.user, role=Role.RUNNER
        )
        found = Connection.objects.get(team=ann.team)
        services.limit_connection(
            connection=found, actor=ann.user, least_role=Role.ADMIN, people=[bob.user]
        )
        assert (
            bob.post("/profile/erase").headers["Location"].startswith("/accounts/reauthenticate/")
        )
        confirm(bob)
        bob.post("/profile/erase")

        run.refresh_from_db()
        assert run.started_by_name == "Erased person"
        told = everything()
        assert "bob@example.com" not in told
        assert "'Bob'" not in told
        assert User.objects.filter(is_active=False, email__endswith="@erased.invalid").count() == 1
        assert AuditEvent.objects.filter(verb="member.erased", team=ann.team).exists()

    def test_nobody_gets_in_with_it_any_more(self, bob: Person, nobody):
        confirm(bob)
        bob.post("/profile/erase")

        nobody.post("/accounts/login/", {"login": "bob@example.com", "password": PASSWORD})
        assert "_auth_user_id" not in nobody.session
        assert bob.get("/profile").headers["Location"].startswith("/accounts/login/")

    def test_a_team_of_one_goes_with_its_person(self, eve: Person):
        run = start(eve)
        confirm(eve)
        refused = eve.post("/profile/erase").content.decode()
        assert "Runs of Elsewhere are under way" in refused

        runs.cancel(run, actor=eve.user)
        eve.post("/profile/erase")
        assert not Team.objects.exists()
        assert "Elsewhere" not in everything()

    def test_the_only_owner_of_others_cannot(self, ann: Person, bob: Person):
        confirm(ann)
        assert "without an owner" in ann.post("/profile/erase").content.decode()
        assert User.objects.get(pk=ann.user.pk).is_active


def test_every_copy_of_a_name_is_known():
    """A column that copies a name stands beside a reference to the person, or is told here."""
    known = {(model, copy) for model, _, copy in account.copies()}
    alone = {"Act.by_name", "Delivery.replayed_by"}
    names = {
        (model, field.name)
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if field.name.endswith("_name") and field.name.removesuffix("_name") in
        ("actor", "started_by", "by", "author", "owner", "invited_by", "created_by")
    }  # fmt: skip
    left = {f"{model.__name__}.{name}" for model, name in names - known}
    assert left <= alone
