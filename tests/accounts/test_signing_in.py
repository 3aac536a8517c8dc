"""Getting in and out: sign-up, sign-in, reset, and the doors that are closed to those outside."""

import re

import pytest
from django.core import mail
from django.urls import reverse

from accounts.models import AuditEvent, Team, User
from tests.people import PASSWORD

ADA = {
    "name": "Ada",
    "team_name": "Engines & Co",
    "email": "Ada@Example.com",
    "password1": "a long enough one",
}


@pytest.mark.django_db
class TestSignUp:
    def test_gives_a_person_a_team_with_a_sandbox(self, nobody):
        answer = nobody.post(reverse("account_signup"), ADA)

        assert answer.status_code == 302
        ada = User.objects.get()
        assert (ada.email, ada.name) == ("ada@example.com", "Ada")
        membership = ada.memberships.get()
        assert (membership.team.slug, membership.role) == ("engines-co", "owner")
        assert membership.team.connections.get().kind == "sandbox"
        assert nobody.get("/").headers["Location"] == "/t/engines-co/workflows"

    def test_a_second_team_of_the_same_name_gets_another_address(self, nobody, ann):
        nobody.post(reverse("account_signup"), ADA | {"team_name": ann.team.name})

        slugs = set(Team.objects.values_list("slug", flat=True))
        assert len(slugs) == 2
        assert all(slug.startswith("outreach") for slug in slugs)

    def test_a_taken_address_is_refused_whatever_its_case(self, nobody, ann):
        answer = nobody.post(reverse("account_signup"), ADA | {"email": "ANN@example.com"})

        assert "already" in answer.content.decode()
        assert not Team.objects.filter(name=ADA["team_name"]).exists()

    def test_a_common_password_is_refused(self, nobody):
        answer = nobody.post(reverse("account_signup"), ADA | {"password1": "password"})

        assert "too common" in answer.content.decode()
        assert not User.objects.exists()

    def test_can_be_closed(self, nobody, settings):
        settings.SIGNUP_OPEN = False

        assert "Sign up" not in nobody.get(reverse("account_login")).content.decode()
        assert "by invitation only" in nobody.get(reverse("account_signup")).content.decode()
        nobody.post(reverse("account_signup"), ADA)
        assert not User.objects.exists()


class TestSignIn:
    def test_takes_the_address_in_any_case(self, nobody, ann):
        answer = nobody.post(
            reverse("account_login"), {"login": "ANN@Example.com", "password": PASSWORD}
        )
        assert answer.headers["Location"] == "/"

    def test_a_wrong_password_is_refused_without_saying_what_was_wrong(self, nobody, ann):
        known = nobody.post(reverse("account_login"), {"login": "ann@example.com", "password": "x"})
        unknown = nobody.post(
            reverse("account_login"), {"login": "no@example.com", "password": "x"}
        )

        error = re.compile(r'role="alert".*?</div></div>', re.DOTALL)
        assert (
            error.search(known.content.decode()).group()
            == error.search(unknown.content.decode()).group()
        )

    def test_many_wrong_passwords_close_the_door_for_a_while(self, nobody, ann):
        for _ in range(20):
            nobody.post(reverse("account_login"), {"login": "ann@example.com", "password": "x"})

        nobody.post(reverse("account_login"), {"login": "ann@example.com", "password": PASSWORD})
        assert "_auth_user_id" not in nobody.session

    def test_goes_back_to_the_page_that_asked_for_it_but_never_to_another_site(self, nobody, ann):
        page = f"/t/{ann.team.slug}/team"
        assert nobody.get(page).headers["Location"] == f"/accounts/login/?next={page}"

        signed_in = {"login": "ann@example.com", "password": PASSWORD}
        elsewhere = nobody.post(
            reverse("account_login"), signed_in | {"next": "https://evil.example/"}
        )
        assert elsewhere.headers["Location"] == "/"

    def test_a_part_of_a_page_sends_the_whole_page_to_sign_in(self, nobody, ann):
        answer = nobody.get(f"/t/{ann.team.slug}/team", headers={"HX-Request": "true"})

        assert answer.headers["HX-Redirect"].startswith("/accounts/login/")

    def test_a_person_who_is_switched_off_stays_out(self, nobody, ann):
        User.objects.update(is_active=False)

        nobody.post(reverse("account_login"), {"login": "ann@example.com", "password": PASSWORD})
        assert nobody.get("/").headers["Location"].startswith("/accounts/login/")
        assert ann.get("/").headers["Location"].startswith("/accounts/login/")


class TestForgottenPassword:
    def test_a_mail_leads_to_a_new_one_once(self, nobody, ann):
        nobody.post(reverse("account_reset_password"), {"email": "ann@example.com"})

        [letter] = mail.outbox
        link = re.search(r"http://127\.0\.0\.1:8000(/\S+)", letter.body).group(1)
        form = nobody.get(link, follow=True)
        saved = nobody.post(
            form.request["PATH_INFO"],
            {"password1": "quite another one", "password2": "quite another one"},
        )
        assert saved.status_code == 302
        assert User.objects.get(email="ann@example.com").check_password("quite another one")
        assert "does not work any more" in nobody.get(link, follow=True).content.decode()

    def test_links_in_mails_lead_to_us_whatever_host_the_request_names(self, nobody, ann, settings):
        settings.ALLOWED_HOSTS = ["*"]
        for path, sent in (
            ("/accounts/password/reset/", {"email": "ann@example.com"}),
            ("/accounts/password/reset/", {"email": "who@example.com"}),
            ("/accounts/signup/", ADA | {"email": "ann@example.com"}),
        ):
            nobody.post(path, sent, headers={"Host": "evil.example"})
        settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
        nobody.post("/accounts/signup/", ADA, headers={"Host": "evil.example"})

        assert len(mail.outbox) >= 3
        letters = "".join(letter.body for letter in mail.outbox)
        assert "http://127.0.0.1:8000/accounts/password/reset/key/" in letters
        assert "evil" not in letters

    def test_a_server_without_mail_does_not_promise_any(self, nobody, ann, settings):
        settings.SENDS_MAIL = False
        form = nobody.get("/accounts/password/reset/").content.decode()
        assert "sends no e-mail yet" in form
        done = nobody.post("/accounts/password/reset/", {"email": "ann@example.com"}, follow=True)
        assert "Ask for the link" in done.content.decode()
        assert "on its way" not in done.content.decode()

    def test_an_unknown_address_looks_the_same_on_the_page(self, nobody, ann):
        known = nobody.post(reverse("account_reset_password"), {"email": "ann@example.com"})
        unknown = nobody.post(reverse("account_reset_password"), {"email": "who@example.com"})

        assert (known.status_code, known.url) == (unknown.status_code, unknown.url)


class TestConfirmingAnAddress:
    @pytest.mark.django_db
    def test_with_a_mail_server_nobody_comes_in_before(self, nobody, settings):
        settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"

        nobody.post(reverse("account_signup"), ADA)
        assert nobody.get("/").headers["Location"].startswith("/accounts/login/")

        link = re.search(r"http://127\.0\.0\.1:8000(/\S+)", mail.outbox[0].body).group(1)
        assert "ada@example.com" in nobody.get(link).content.decode()
        nobody.post(link)
        signed_in = {"login": "ada@example.com", "password": ADA["password1"]}
        assert nobody.post(reverse("account_login"), signed_in).headers["Location"] == "/"

    def test_a_new_address_counts_once_it_is_confirmed(self, ann):
        ann.post(reverse("account_email"), {"email": "ann@new.example", "action_add": ""})
        assert User.objects.get().email == "ann@example.com"
        assert "ann@new.example" in ann.get(reverse("account_email")).content.decode()

        link = re.search(r"http://127\.0\.0\.1:8000(/\S+)", mail.outbox[0].body).group(1)
        ann.post(link)
        assert User.objects.get().email == "ann@new.example"


def test_signing_out_ends_the_session(ann):
    assert ann.post(reverse("account_logout")).status_code == 302

    assert ann.get("/").headers["Location"].startswith("/accounts/login/")


def test_the_record_of_a_new_team_names_what_was_made(ann):
    assert list(AuditEvent.objects.order_by("pk").values_list("verb", "actor_name")) == [
        ("team.created", "Ann"),
        ("connection.added", "Ann"),
    ]


def test_sign_in_leads_back_to_the_page_with_the_form_or_the_part(nobody, ann):
    team = f"/t/{ann.team.slug}"
    came_from = {"Referer": f"http://testserver{team}/team"}
    form = nobody.post(f"{team}/team/invite", headers=came_from)
    assert form.headers["Location"] == f"/accounts/login/?next={team}/team"
    part = nobody.get(f"{team}/runs/one/live", headers=came_from | {"HX-Request": "true"})
    assert part.headers["HX-Redirect"] == f"/accounts/login/?next={team}/team"
    elsewhere = nobody.post(f"{team}/team/invite", headers={"Referer": "https://evil.example/x"})
    assert elsewhere.headers["Location"] == "/accounts/login/?next=/"


def test_who_guesses_passwords_has_to_wait_even_with_the_right_one(nobody, ann):
    def sign_in(password):
        return nobody.post(
            reverse("account_login"), {"login": ann.user.email, "password": password}
        )

    guesses = [sign_in(f"guess number {number}") for number in range(5)]
    assert {answer.status_code for answer in guesses} == {200}
    answer = sign_in(PASSWORD)
    assert answer.status_code in (200, 429)
    assert "Too many failed login attempts" in answer.content.decode()
    assert "_auth_user_id" not in nobody.session


def test_the_form_for_a_new_password_names_its_fields_in_sentence_case(ann):
    page = ann.get(reverse("account_change_password"))

    labels = [field.label for field in page.context["form"]]
    assert labels == ["Current password", "New password", "New password (again)"]


def test_a_form_of_the_team_shows_the_way_back_to_the_team(ann):
    page = ann.get(reverse("accounts:invite", args=[ann.team.slug])).content.decode()

    crumbs = page[page.index('class="crumbs"') :]
    assert crumbs.index(f'href="/t/{ann.team.slug}/team">Team</a>') < crumbs.index("Invite")
