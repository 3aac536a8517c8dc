"""Members and roles: who may do what to whom, and what a team never loses."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts import queries, services
from accounts.models import AuditEvent, Membership, Role, Team, User
from accounts.permissions import Can
from tests.people import member


def seat(person):
    return Membership.objects.get(team=person.team, user=person.user)


def url(person, verb):
    return f"/t/{person.team.slug}/team/people/{seat(person).public_id}/{verb}"


class TestRoles:
    def test_each_covers_the_ones_below(self):
        assert [role.value for role in Role if Role.BUILDER.covers(role)] == [
            "builder",
            "runner",
            "viewer",
        ]

    def test_the_database_refuses_a_role_that_there_is_not(self, ann):
        with pytest.raises(IntegrityError), transaction.atomic():
            Membership.objects.update(role="king")

    def test_an_owner_makes_a_builder_an_admin(self, ann, bob):
        answer = ann.post(url(bob, "role"), {"role": "admin"}, follow=True)

        assert "Bob is Admin now." in answer.content.decode()
        assert seat(bob).role == Role.ADMIN
        event = AuditEvent.objects.get(verb="member.role_changed")
        assert (event.actor, event.subject, event.details) == (
            ann.user,
            "bob@example.com",
            {"before": "builder", "after": "admin"},
        )

    def test_a_role_that_somebody_has_already_is_no_change_to_write_down(self, ann, bob):
        ann.post(url(bob, "role"), {"role": "builder"})
        assert not AuditEvent.objects.filter(verb="member.role_changed").exists()

    def test_an_admin_neither_makes_nor_removes_owners(self, ann, bob):
        services.change_role(membership=seat(bob), actor=ann.user, role=Role.ADMIN)

        bob.post(url(bob, "role"), {"role": "owner"})
        bob.post(url(ann, "role"), {"role": "viewer"})
        refused = bob.post(url(ann, "remove"), follow=True)

        assert "Only an owner" in refused.content.decode()
        assert (seat(ann).role, seat(bob).role) == (Role.OWNER, Role.ADMIN)

    def test_nor_when_another_owner_is_left(self, ann, bob, vic):
        services.change_role(membership=seat(vic), actor=ann.user, role=Role.OWNER)
        services.change_role(membership=seat(bob), actor=ann.user, role=Role.ADMIN)

        for verb in ("role", "remove"):
            answer = bob.post(url(ann, verb), {"role": "viewer"}, follow=True)
            assert "Only an owner" in answer.content.decode()
        assert seat(ann).role == Role.OWNER

    def test_the_last_owner_can_neither_step_down_nor_leave(self, ann, bob):
        stepping_down = ann.post(url(ann, "role"), {"role": "viewer"}, follow=True)
        leaving = ann.post(url(ann, "remove"), follow=True)

        for answer in (stepping_down, leaving):
            assert (
                "Make somebody else an owner first, or delete the team." in answer.content.decode()
            )
        assert seat(ann).role == Role.OWNER

    def test_with_a_second_owner_the_first_may_go(self, ann, bob):
        services.change_role(membership=seat(bob), actor=ann.user, role=Role.OWNER)

        ann.post(url(ann, "remove"))

        assert ann.get(f"/t/{ann.team.slug}/team").status_code == 404
        assert AuditEvent.objects.filter(verb="member.left", actor=ann.user).exists()

    def test_an_unknown_role_is_refused(self, ann, bob):
        answer = ann.post(url(bob, "role"), {"role": "king"}, follow=True)

        assert "no such role" in answer.content.decode()
        assert seat(bob).role == Role.BUILDER


class TestRemoving:
    def test_a_builder_may_leave_but_remove_nobody(self, bob, vic):
        assert bob.post(url(vic, "remove")).status_code == 403
        assert bob.post(url(bob, "remove")).status_code == 302
        assert set(queries.members_of(bob.team).values_list("user__name", flat=True)) == {
            "Ann",
            "Vic",
        }

    def test_a_seat_in_another_team_is_not_found(self, ann, eve):
        foreign = f"/t/{ann.team.slug}/team/people/{seat(eve).public_id}/remove"

        assert ann.post(foreign).status_code == 404
        assert seat(eve).role == Role.OWNER

    def test_what_changed_a_moment_ago_counts_not_what_was_read_before(self, ann, ada, bob):
        read_before = Membership.objects.get(user=bob.user)
        services.hand_over(membership=Membership.objects.get(user=bob.user), actor=ann.user)

        with pytest.raises(services.Refused, match="Only an owner"):
            services.remove_member(membership=read_before, actor=ada.user)
        assert Membership.objects.get(team=ann.team, role=Role.OWNER).user == bob.user

    def test_of_two_who_remove_somebody_the_slower_is_told(self, ann, ada, bob):
        read_before = Membership.objects.select_related("user").get(user=bob.user)
        services.remove_member(membership=Membership.objects.get(user=bob.user), actor=ann.user)

        with pytest.raises(services.Refused, match="Bob is not in the team any more"):
            services.remove_member(membership=read_before, actor=ada.user)
        assert AuditEvent.objects.filter(verb="member.removed").count() == 1

    def test_what_was_recorded_outlives_the_person(self, ann, bob):
        services.rename_team(team=ann.team, actor=bob.user, name="Renamed")
        bob.user.delete()

        event = AuditEvent.objects.get(verb="team.renamed")
        assert (event.actor, event.actor_name) == (None, "Bob")


class TestTeamPage:
    def test_shows_people_connections_and_what_roles_may_do(self, ann, bob):
        page = ann.get(f"/t/{ann.team.slug}/team").content.decode()

        for text in ("Bob", "bob@example.com", "Sandbox", Can.BUILD.title):
            assert text in page

    def test_offers_a_viewer_no_buttons_but_leaving(self, vic):
        page = vic.get(f"/t/{vic.team.slug}/team").content.decode()

        assert "Leave" in page
        for text in ("Add a connection", "/role", "/team/name", "/team/invite"):
            assert text not in page

    def test_asks_the_database_as_often_for_many_as_for_few(self, ann):
        """Session, user, seat, members, connections; the team switcher."""

        def queries_of_the_page():
            with CaptureQueriesContext(connection) as found:
                assert ann.get(f"/t/{ann.team.slug}/team").status_code == 200
            return len(found)

        queries_of_the_page()  # the first visit also notes the team in the session
        few = queries_of_the_page()
        for number in range(30):
            member(ann.team, f"Extra{number}", Role.VIEWER)
            services.add_linkedapi(
                team=ann.team,
                actor=ann.user,
                name=f"Account {number}",
                linked_api_token="linked_12345678",
                identification_token="id_12345678",
            )
        assert queries_of_the_page() == few

    def test_renaming_keeps_the_address(self, ann):
        ann.post(f"/t/{ann.team.slug}/team/name", {"name": "Sales"})

        team = Team.objects.get(pk=ann.team.pk)
        assert (team.name, team.slug) == ("Sales", "outreach")


class TestSeveralTeams:
    def test_a_person_makes_another_one_and_switches(self, ann):
        made = ann.post("/teams/new", {"name": "Second"})

        assert made.headers["Location"] == "/t/second/team"
        assert ann.get("/t/second/team").status_code == 200
        assert ann.get("/").headers["Location"] == "/t/second/workflows"
        assert ann.get("/t/outreach/team").status_code == 200
        assert ann.get("/").headers["Location"] == "/t/outreach/workflows"

    def test_somebody_without_a_team_is_asked_to_make_one(self, ann):
        Membership.objects.all().delete()

        assert ann.get("/").headers["Location"] == "/teams/new"
        assert ann.get("/teams/new").status_code == 200


class TestProfile:
    def test_name_zone_and_theme(self, ann):
        ann.post("/profile", {"name": "Ann Lee", "time_zone": "Asia/Tokyo", "theme": "dark"})

        me = User.objects.get(pk=ann.user.pk)
        assert (me.name, me.time_zone, me.theme) == ("Ann Lee", "Asia/Tokyo", "dark")
        page = ann.get(f"/t/{ann.team.slug}/team").content.decode()
        assert 'data-theme="dark"' in page
        assert "JST" in page  # times stand in the reader's zone

    def test_a_zone_that_there_is_not_is_refused(self, ann):
        answer = ann.post("/profile", {"name": "Ann", "time_zone": "Moon/Base", "theme": "dark"})

        assert answer.status_code == 422
        assert User.objects.get(pk=ann.user.pk).time_zone == "UTC"

    def test_the_headers_switch_keeps_a_theme(self, ann):
        assert ann.post("/profile/theme", {"theme": "light"}).status_code == 204
        assert ann.post("/profile/theme", {"theme": "pink"}).status_code == 422
        assert User.objects.get(pk=ann.user.pk).theme == "light"


class TestTheRecord:
    def test_takes_no_change_and_no_deletion(self, ann):
        event = AuditEvent.objects.first()
        for attempt in (event.save, event.delete, AuditEvent.objects.all().delete):
            with pytest.raises(TypeError):
                attempt()
        with pytest.raises(TypeError):
            AuditEvent.objects.update(verb="nothing.happened")
