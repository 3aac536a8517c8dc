"""A second step at sign-in, recovery codes, and the list of one's sessions."""

import re
import time
from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from accounts.models import AuditEvent
from tests.people import PASSWORD, confirm

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
    " Version/18.0 Mobile/15E148 Safari/604.1"
)


def sign_in(person, user_agent=FIREFOX):
    """A browser in which this person has typed address and password, and its answer."""
    browser = Client(headers={"User-Agent": user_agent})
    answer = browser.post("/accounts/login/", {"login": person.user.email, "password": PASSWORD})
    return browser, answer


def code_of(secret):
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


@pytest.fixture
def app(ann):
    """Ann's authenticator app (the code of now), set up as a person does it; and her recovery codes."""
    browser, _ = sign_in(ann)
    confirm(browser)
    page = browser.get("/accounts/2fa/totp/activate/").content.decode()
    assert 'src="data:image/svg+xml' in page
    secret = re.search(r'id="secret" readonly value="(\w+)"', page).group(1)
    wrong = browser.post("/accounts/2fa/totp/activate/", {"code": "000000"})
    assert "This code is not right" in wrong.content.decode()
    answer = browser.post("/accounts/2fa/totp/activate/", {"code": code_of(secret)})
    codes = browser.get(answer.headers["Location"]).content.decode()
    again = browser.get("/accounts/2fa/recovery-codes/").content.decode()
    kept = re.search(r'id="codes">(.*?)</pre>', codes, re.DOTALL).group(1).split()
    assert len(kept) == 10
    assert kept[0] not in again, "they are shown once"
    return secret, kept


def is_in(browser):
    return browser.get("/").headers["Location"].startswith("/t/")


class TestAuthenticatorApp:
    def test_sign_in_asks_for_a_code_after_the_password(self, ann, app):
        browser, answer = sign_in(ann)
        assert answer.headers["Location"].startswith("/accounts/2fa/authenticate/")
        assert not is_in(browser)

        browser.post("/accounts/2fa/authenticate/", {"code": "000000"})
        assert not is_in(browser)

    def test_a_recovery_code_lets_in_once(self, ann, app):
        _, codes = app
        for lets_in in (True, False):
            browser, _ = sign_in(ann)
            browser.post("/accounts/2fa/authenticate/", {"code": codes[0]})
            assert is_in(browser) == lets_in

    def test_whoever_lost_phone_and_codes_is_let_in_by_whoever_runs_the_server(self, ann, app):
        stuck, _ = sign_in(ann)
        page = stuck.get("/accounts/2fa/authenticate/").content.decode()
        assert "Whoever runs this server can let you in without" in page

        call_command("forget_second_step", "Ann@Example.com", stdout=StringIO())

        browser, _ = sign_in(ann)
        assert is_in(browser)
        told = AuditEvent.objects.get(verb="member.second_step_removed")
        assert (told.team, told.actor_name, told.subject) == (ann.team, "Trellis", ann.user.email)
        with pytest.raises(CommandError, match="has no second step"):
            call_command("forget_second_step", "ann@example.com")
        with pytest.raises(CommandError, match="Nobody signs in with"):
            call_command("forget_second_step", "who@example.com")

    def test_the_database_has_neither_key_nor_codes_in_plain(self, ann, app):
        secret, codes = app

        with connection.cursor() as cursor:
            cursor.execute("SELECT data FROM mfa_authenticator")
            stored = str(cursor.fetchall())
        assert secret not in stored
        assert codes[0] not in stored
        assert stored.count("gAAAA") >= 2  # Fernet texts

    @pytest.mark.django_db(transaction=True)
    def test_the_owner_hears_of_it_by_mail(self, ann, app):
        secret, codes = app
        letters = "\n".join(f"{letter.subject} {letter.body}" for letter in mail.outbox)

        assert "asks for a code from an app" in letters
        assert not [kept for kept in (secret, *codes) if kept in letters]

    def test_turning_it_off_asks_who_it_is(self, ann, app):
        assert ann.get("/accounts/2fa/totp/deactivate/").status_code == 302
        assert Authenticator.objects.filter(user=ann.user).exists()


def test_many_wrong_codes_close_the_door_for_a_while(ann, app):
    browser, _ = sign_in(ann)
    for _ in range(10):
        page = browser.post("/accounts/2fa/authenticate/", {"code": "000000"}).content.decode()
    assert "This code is not right" not in page

    browser.post("/accounts/2fa/authenticate/", {"code": app[1][0]})
    assert not is_in(browser)


class TestSessions:
    def test_the_list_tells_browsers_apart_and_signs_one_out(self, ann, eve):
        here, _ = sign_in(ann)
        phone, _ = sign_in(ann, IPHONE)
        page = here.get("/accounts/sessions/").content.decode()
        for text in ("Firefox on Linux", "Safari on iPhone", "This one", "127.0.0.1"):
            assert text in page

        [end] = re.findall(r'action="(/profile/sessions/\d+/end)"', page)
        assert eve.post(end).status_code == 404
        here.post(end)
        assert not phone.get("/").headers["Location"].startswith("/t/")
        assert is_in(here)

    def test_all_others_at_once(self, ann):
        here, _ = sign_in(ann)
        others = [sign_in(ann)[0] for _ in range(2)]

        here.post("/accounts/sessions/")
        assert is_in(here)
        assert not any(is_in(other) for other in others)

    def test_a_new_password_signs_the_others_out(self, ann):
        here, _ = sign_in(ann)
        other, _ = sign_in(ann)
        here.post(
            "/accounts/password/change/",
            {
                "oldpassword": PASSWORD,
                "password1": "quite another one",
                "password2": "quite another one",
            },
        )
        assert is_in(here)
        assert not is_in(other)

    def test_last_seen_is_written_now_and_then_only(self, ann, django_assert_max_num_queries):
        here, _ = sign_in(ann)
        session = here.session
        session["seen"] -= 301
        session.save()

        here.get("/profile")
        assert here.session["seen"] > session["seen"]
        with django_assert_max_num_queries(6):  # none of them writes
            here.get("/profile")
