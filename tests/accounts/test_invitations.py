"""Invitations: from a link or a mail to a seat in the team, once, for the right person."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts import inviting, services
from accounts.models import AuditEvent, Invitation, Membership, Role, User
from tests.people import Person, confirm, owner

NEW = {"name": "Ben", "email": "ben@example.com", "password1": "a long enough one"}


def invite(person, role="runner", email=""):
    return person.post(f"/t/{person.team.slug}/team/invite", {"role": role, "email": email})


def link_in(text):
    return re.search(r"http://127\.0\.0\.1:8000(/join/[\w-]+)", text).group(1)


def link_for(person, **how):
    """The link as the inviter, or the mail, has it."""
    text = invite(person, **how).content.decode()
    return link_in(mail.outbox[-1].body if how.get("email") else text)


def came_with(link, user=None):
    """A browser that opened the link, signed in as `user` or not."""
    browser = Client()
    if user:
        browser.force_login(user)
    assert browser.get(link).headers["Location"] == "/join"
    return browser


def role_of(email, team):
    return Membership.objects.filter(user__email=email, team=team).values_list("role", flat=True)


class TestByLink:
    def test_somebody_new_signs_up_into_the_team_and_makes_none(self, ann):
        browser = came_with(link_for(ann, role="builder"))
        assert "invites you as <strong>Builder" in browser.get("/join").content.decode()
        form = browser.get("/accounts/signup/?next=/join").content.decode()
        assert "team_name" not in form
        assert "Join the team" in form

        joined = browser.post("/accounts/signup/", NEW | {"next": "/join"}, follow=True)
        assert joined.redirect_chain[-1][0] == f"/t/{ann.team.slug}/workflows"
        assert "Welcome to Outreach" in joined.content.decode()

        ben = User.objects.get(email="ben@example.com")
        assert [seat.role for seat in ben.memberships.all()] == ["builder"]
        assert browser.get("/").headers["Location"] == f"/t/{ann.team.slug}/workflows"

    def test_opens_the_door_where_strangers_may_not_sign_up(self, ann, settings):
        settings.SIGNUP_OPEN = False
        browser = came_with(link_for(ann))

        browser.post("/accounts/signup/", NEW)
        assert list(role_of("ben@example.com", ann.team)) == ["runner"]
        came_with("/join/made-up").post("/accounts/signup/", NEW | {"email": "mal@example.com"})
        assert not User.objects.filter(email="mal@example.com").exists()

    def test_somebody_with_an_account_signs_in_and_joins(self, ann, eve):
        browser = came_with(link_for(ann))
        signed_in = browser.post(
            "/accounts/login/",
            {"login": "eve@example.com", "password": "correct horse battery", "next": "/join"},
        )
        assert signed_in.headers["Location"] == "/join"
        assert "Join as Eve" in browser.get("/join").content.decode()

        browser.post("/join")
        assert list(role_of("eve@example.com", ann.team)) == ["runner"]
        switcher = browser.get(f"/t/{ann.team.slug}/team").content.decode()
        assert f'href="/t/{eve.team.slug}/workflows"' in switcher
        joined = AuditEvent.objects.get(verb="member.joined")
        assert joined.details == {"role": "runner", "invited_by": "Ann"}

    def test_works_once(self, ann, eve):
        link = link_for(ann)
        came_with(link, eve.user).post("/join")
        late = came_with(link, owner("Mal", "Third").user)

        assert late.post("/join").status_code == 404
        assert "It was used already" in late.get("/join").content.decode()
        assert Membership.objects.filter(team=ann.team).count() == 2

    def test_a_second_press_of_the_button_is_no_error(self, ann, eve):
        browser = came_with(link_for(ann), eve.user)
        browser.post("/join")

        assert browser.post("/join").headers["Location"] == "/"
        assert browser.get("/").headers["Location"] == f"/t/{ann.team.slug}/workflows"

    def test_the_database_and_the_record_know_no_token(self, ann):
        token = link_for(ann).rsplit("/", 1)[1]

        with connection.cursor() as cursor:
            cursor.execute("SELECT token_hash, email FROM accounts_invitation")
            stored = str(cursor.fetchall())
        assert token not in stored
        assert token not in str(list(AuditEvent.objects.values()))
        assert inviting.hash_of(token) in stored


class TestByMail:
    def test_the_address_needs_no_other_proof(self, ann, settings):
        settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
        page = invite(ann, email="Ben@Example.com")
        assert page.status_code == 302
        [letter] = mail.outbox
        assert letter.to == ["ben@example.com"]
        assert letter.subject == "Ann invites you to Outreach on Trellis"

        browser = came_with(link_in(letter.body))
        form = browser.get("/accounts/signup/").content.decode()
        assert "ben@example.com" in form
        browser.post("/accounts/signup/", NEW | {"email": "mal@example.com"})

        assert list(role_of("ben@example.com", ann.team)) == ["runner"]
        assert browser.get("/").headers["Location"] == f"/t/{ann.team.slug}/workflows"
        assert not User.objects.filter(email="mal@example.com").exists()

    def test_the_inviter_sees_no_link(self, ann):
        page = ann.post(
            f"/t/{ann.team.slug}/team/invite", {"role": "runner", "email": "b@x.com"}, follow=True
        )
        assert "Invitation sent to b@x.com" in page.content.decode()
        assert "/join/" not in page.content.decode()

    def test_without_a_mail_server_the_inviter_passes_the_link_on(self, ann, settings):
        settings.SENDS_MAIL = False
        page = invite(ann, email="ben@example.com").content.decode()
        assert "Pass it on to <strong>ben@example.com</strong> yourself" in page
        assert mail.outbox == []
        made = Invitation.objects.get()
        again = ann.post(f"/t/{ann.team.slug}/team/invitations/{made.public_id}/renew")

        came_with(link_in(again.content.decode())).post("/accounts/signup/", NEW)
        assert list(role_of("ben@example.com", ann.team)) == ["runner"]

    def test_another_account_reads_why_and_can_switch(self, ann, eve):
        browser = came_with(link_for(ann, email="ben@example.com"), eve.user)

        page = browser.get("/join").content.decode()
        assert "This invitation is for somebody else" in page
        assert "You are signed in as <strong>eve@example.com" in page
        browser.post("/join")
        assert not Membership.objects.filter(team=ann.team, user=eve.user).exists()

        browser.post("/join/switch")
        assert "I am new here" in browser.get("/join").content.decode()

    def test_a_mail_server_that_is_down_is_no_error_page(self, ann, settings):
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1

        page = ann.post(
            f"/t/{ann.team.slug}/team/invite", {"role": "runner", "email": "b@x.com"}, follow=True
        )
        assert "The mail server did not take the mail" in page.content.decode()
        assert "b@x.com" in page.content.decode()  # it waits in the list, to be sent again

    def test_a_line_break_in_a_name_is_no_header(self, ann):
        services.rename_team(team=ann.team, actor=ann.user, name="Out\nBcc: all@example.com")

        invite(ann, email="b@x.com")
        assert mail.outbox[0].subject.endswith("Out Bcc: all@example.com on Trellis")


class TestWhoMay:
    def test_nobody_invites_above_their_own_role(self, ann, ada):
        assert invite(ada, role="owner").status_code == 422
        assert invite(ada, role="admin").status_code == 200
        with pytest.raises(services.Refused):
            inviting.invite(team=ann.team, actor=ada.user, role=Role.OWNER)
        assert invite(ann, role="owner").status_code == 200

    def test_an_invitation_dies_with_the_power_of_whoever_made_it(self, ann, ada, eve):
        link = link_for(ada, role="admin")
        services.remove_member(membership=Membership.objects.get(user=ada.user), actor=ann.user)

        browser = came_with(link, eve.user)
        assert (
            "may not invite people to this role any more" in browser.get("/join").content.decode()
        )
        assert browser.post("/join").status_code == 404
        assert not Membership.objects.filter(team=ann.team, user=eve.user).exists()

    def test_also_when_they_may_invite_nobody_any_more_or_their_account_is_shut(
        self, ann, ada, eve
    ):
        link = link_for(ada, role="viewer")
        services.change_role(
            membership=Membership.objects.get(user=ada.user), actor=ann.user, role=Role.BUILDER
        )
        assert came_with(link, eve.user).post("/join").status_code == 404

        link = link_for(ann, role="viewer")
        User.objects.filter(pk=ann.user.pk).update(is_active=False)
        assert came_with(link, eve.user).post("/join").status_code == 404

    def test_nobody_renews_what_they_could_not_give(self, ann, ada):
        made, token = inviting.invite(team=ann.team, actor=ann.user, role=Role.OWNER)
        with pytest.raises(services.Refused, match="above your own"):
            inviting.renew(invitation=made, actor=ada.user)
        assert inviting.found(inviting.hash_of(token)) == made

    @pytest.mark.parametrize("act", [inviting.revoke, inviting.renew])
    def test_a_seat_is_not_taken_that_was_revoked_or_renewed_at_this_moment(self, ann, eve, act):
        made, token = inviting.invite(team=ann.team, actor=ann.user, role=Role.VIEWER)
        read_before = inviting.found(inviting.hash_of(token))
        act(invitation=made, actor=ann.user)
        with pytest.raises(services.Refused):
            inviting.accept(read_before, eve.user)
        assert not Membership.objects.filter(team=ann.team, user=eve.user).exists()

    def test_members_and_those_who_wait_are_not_invited_again(self, ann, bob):
        assert "is in the team already" in invite(ann, email="BOB@example.com").content.decode()
        invite(ann, email="ben@example.com")
        assert "An invitation waits" in invite(ann, email="ben@example.com").content.decode()


class TestList:
    def test_revoking_ends_the_link(self, ann, eve):
        link = link_for(ann)
        [waiting] = Invitation.objects.all()
        ann.post(f"/t/{ann.team.slug}/team/invitations/{waiting.public_id}/revoke")

        browser = came_with(link, eve.user)
        assert browser.post("/join").status_code == 404
        assert "Outreach has taken it back" in browser.get("/join").content.decode()
        again = ann.post(f"/t/{ann.team.slug}/team/invitations/{waiting.public_id}/renew")
        assert again.status_code == 404

    def test_sending_again_ends_the_old_link_and_starts_the_time_anew(self, ann):
        old = link_for(ann, email="ben@example.com")
        waiting = Invitation.objects.get()
        url = f"/t/{ann.team.slug}/team/invitations/{waiting.public_id}/renew"
        assert "Wait a minute" in ann.post(url, follow=True).content.decode()

        long_ago = timezone.now() - timedelta(days=8)
        Invitation.objects.update(made_at=long_ago, expires_at=long_ago + inviting.LASTS)
        assert "Its time is over" in came_with(old).get("/join").content.decode()
        ann.post(url)

        assert came_with(old).get("/join").status_code == 404
        fresh = link_in(mail.outbox[-1].body)
        assert "I am new here" in came_with(fresh).get("/join").content.decode()

    def test_only_admins_see_who_is_invited(self, ann, bob):
        invite(ann, email="ben@example.com")

        assert "ben@example.com" in ann.get(f"/t/{ann.team.slug}/team").content.decode()
        assert "ben@example.com" not in bob.get(f"/t/{ann.team.slug}/team").content.decode()

    def test_so_many_wait_at_most(self, ann, monkeypatch):
        monkeypatch.setattr(inviting, "MOST_WAITING", 1)
        invite(ann)
        assert "Revoke some" in invite(ann).content.decode()


class TestLeavingForGood:
    def test_a_team_changes_hands_in_one_step(self, ann, bob):
        bobs = Membership.objects.get(user=bob.user)
        ann.post(f"/t/{ann.team.slug}/team/people/{bobs.public_id}/own")

        assert list(role_of("bob@example.com", ann.team)) == ["owner"]
        assert list(role_of("ann@example.com", ann.team)) == ["admin"]

    def test_one_cannot_hand_over_to_oneself(self, ann):
        own = Membership.objects.get(user=ann.user)
        page = ann.post(f"/t/{ann.team.slug}/team/people/{own.public_id}/own", follow=True)

        assert "Pick somebody else" in page.content.decode()
        assert list(role_of("ann@example.com", ann.team)) == ["owner"]

    def test_deactivating_leaves_all_teams_and_shuts_the_account(self, bob: Person):
        unasked = bob.post("/profile/deactivate")
        assert unasked.headers["Location"].startswith("/accounts/reauthenticate/")

        confirm(bob)
        answer = bob.post("/profile/deactivate")
        assert answer.headers["Location"] == "/accounts/inactive/"
        assert not User.objects.get(email="bob@example.com").is_active
        assert not role_of("bob@example.com", bob.team)
        assert AuditEvent.objects.filter(verb="member.deactivated").count() == 1

    def test_the_only_owner_of_others_cannot_deactivate(self, ann, bob):
        confirm(ann)
        page = ann.post("/profile/deactivate")

        assert "Outreach would be left without an owner" in page.content.decode()
        assert User.objects.get(email="ann@example.com").is_active

    def test_a_team_of_nobody_else_keeps_its_owner(self, eve):
        confirm(eve)
        eve.post("/profile/deactivate")

        assert not User.objects.get(pk=eve.user.pk).is_active
        assert Membership.objects.get(user=eve.user).role == Role.OWNER

    def test_one_of_two_owners_can(self, ann, bob):
        bobs = Membership.objects.get(user=bob.user)
        services.change_role(membership=bobs, actor=ann.user, role=Role.OWNER)
        confirm(ann)
        ann.post("/profile/deactivate")

        assert not User.objects.get(email="ann@example.com").is_active
        assert list(role_of("bob@example.com", ann.team)) == ["owner"]
