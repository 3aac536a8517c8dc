"""Admins add a webhook, see what it sent, and send it again."""

import json
import re

import pytest
from django.utils import timezone

from accounts.models import AuditEvent
from editor.outgoing import events, services
from editor.outgoing.models import Delivery, Endpoint, Kind
from tests.outgoing.receiver import send_all_due
from tests.runs.test_pages import count_queries

WANTED = {
    "url": "https://hooks.example.com/in/4f9a-secret-path",
    "description": "CRM of the sales team",
    "events": ["run.finished", "act.done"],
    "made_key": "one-form",
}


@pytest.fixture
def home(ann):
    return f"/t/{ann.team.slug}/team/webhooks"


def page_of(home, endpoint):
    return f"{home}/{endpoint.public_id}"


def test_ann_adds_a_webhook_and_sees_its_secret_once(ann, home):
    assert "No webhook yet" in ann.get(home).content.decode()
    shown = ann.post(f"{home}/new", WANTED)
    endpoint = Endpoint.objects.get()
    assert endpoint.secret in shown.content.decode()
    assert "no-store" in shown.headers["Cache-Control"]

    for path in (home, page_of(home, endpoint), f"{page_of(home, endpoint)}/change"):
        assert endpoint.secret not in ann.get(path).content.decode()
    assert "Run finished, Act done" in ann.get(home).content.decode()
    # The address may be a secret: of the list and of the audit only its host.
    assert "4f9a-secret-path" not in ann.get(home).content.decode()
    assert "4f9a-secret-path" not in str(AuditEvent.objects.get(verb="webhook.added").details)


def test_the_same_form_twice_makes_one_and_shows_no_secret_again(ann, home):
    ann.post(f"{home}/new", WANTED)
    again = ann.post(f"{home}/new", WANTED, follow=True)
    endpoint = Endpoint.objects.get()
    assert endpoint.secret not in again.content.decode()
    assert "It is there already" in again.content.decode()


def test_a_form_that_is_wrong_says_what_and_where(ann, home):
    answer = ann.post(
        f"{home}/new", {"url": "http://10.0.0.1/", "description": "", "made_key": "k"}
    )
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "beginning with https://" in html
    assert "Say what it is." in html
    assert "Choose at least one event" in html
    assert not Endpoint.objects.exists()


def test_the_form_says_what_addresses_may_be(ann, home, settings):
    assert "Only over https" in ann.get(f"{home}/new").content.decode()
    settings.WEBHOOKS_TO_PRIVATE = True
    assert "Over https or http" in ann.get(f"{home}/new").content.decode()
    wrong = ann.post(f"{home}/new", WANTED | {"url": "ftp://crm"}).content.decode()
    assert "beginning with https:// or http://" in wrong


def test_a_team_has_so_many_and_no_more(ann, home, monkeypatch):
    monkeypatch.setattr(services, "MOST", 1)
    ann.post(f"{home}/new", WANTED)
    answer = ann.post(f"{home}/new", WANTED | {"made_key": "second"})
    assert answer.status_code == 422
    assert Endpoint.objects.count() == 1


def test_a_new_secret_makes_the_old_one_void(ann, home):
    ann.post(f"{home}/new", WANTED)
    before = Endpoint.objects.get()
    shown = ann.post(f"{page_of(home, before)}/rotate").content.decode()
    after = Endpoint.objects.get()
    assert after.secret != before.secret
    assert after.secret in shown
    assert before.secret not in shown


def test_ann_tests_it_and_reads_in_the_log_what_came_back(ann, home, endpoint, receiver, sender):
    page = page_of(home, endpoint)
    waiting = ann.post(f"{page}/test", follow=True).content.decode()
    assert "webhook.test" in waiting
    assert "every 2s" in waiting
    receiver.answer(200, {}, b"thanks")
    send_all_due(sender)
    part = ann.get(f"{page}/log").content.decode()
    assert "Delivered" in part
    assert "every 2s" not in part
    sent = Delivery.objects.get()
    detail = ann.get(f"{page}/sent/{sent.public_id}").content.decode()
    assert "thanks" in detail
    assert "If you can read this" in detail
    assert endpoint.secret not in detail


def test_bob_cannot_see_it_and_another_team_finds_nothing(ann, bob, eve, home, endpoint):
    assert bob.get(home).status_code == 403
    assert "Webhooks" not in bob.get(f"/t/{ann.team.slug}/team").content.decode()
    assert eve.get(f"/t/{eve.team.slug}/team/webhooks/{endpoint.public_id}").status_code == 404


def test_a_replay_is_the_same_event_and_says_who_sent_it(ann, home, endpoint, receiver, sender):
    first = services.send_test(endpoint, timezone.now())
    send_all_due(sender)
    ann.post(f"{page_of(home, endpoint)}/sent/{first.public_id}/replay")
    send_all_due(sender)
    (one, body), (two, again) = receiver.got
    assert body == again
    assert one["trellis-delivery"] != two["trellis-delivery"]
    second = Delivery.objects.latest("pk")
    assert (second.event_id, second.replayed_by) == (first.event_id, "Ann")


def test_what_waits_for_its_next_try_can_be_tried_at_once(
    ann, home, endpoint, receiver, sender, monkeypatch
):
    monkeypatch.setattr(services, "PAUSES", (600.0,))
    receiver.answer(503)
    sent = services.send_test(endpoint, timezone.now())
    page = page_of(home, endpoint)
    assert "Try now" not in ann.get(page).content.decode(), "its first try is on its way"
    send_all_due(sender)

    for shown in (page, f"{page}/sent/{sent.public_id}"):
        assert "Try now" in ann.get(shown).content.decode()
    detail = ann.get(f"{page}/sent/{sent.public_id}").content.decode()
    assert re.search(
        r"Tries</dt><dd>1, the last\s+<time[^>]*>[^<]*</time>, the next\s+<time", detail
    )
    receiver.answer(200)
    said = ann.post(f"{page}/sent/{sent.public_id}/try", follow=True).content.decode()
    assert "It goes out now." in said
    send_all_due(sender)
    assert Delivery.objects.get().state == "delivered"
    again = ann.post(f"{page}/sent/{sent.public_id}/try", follow=True).content.decode()
    assert "It does not wait any more" in again


def test_a_try_that_is_on_its_way_is_not_made_twice(endpoint):
    sent = services.send_test(endpoint, timezone.now())
    now = timezone.now()
    assert services.claim(sent, now)
    assert not services.try_now(sent, now)


def test_after_a_bad_day_everything_that_was_lost_goes_out_again_once(
    ann, home, endpoint, receiver, sender
):
    page, now = page_of(home, endpoint), timezone.now()
    for number in range(3):
        events.tell(ann.team.pk, Kind.RUN_FINISHED, lambda n=number: [{"n": n}], now)
    Delivery.objects.update(state="failed", due_at=None)
    services.replay(Delivery.objects.latest("pk"), actor=ann.user, now=now)  # one by hand already
    assert "Replay all" in ann.get(f"{page}?state=failed").content.decode()
    ann.post(f"{page}/replay")
    send_all_due(sender)
    assert sorted(json.loads(body)["data"]["n"] for _, body in receiver.got) == [0, 1, 2]
    answer = ann.post(f"{page}/replay", follow=True).content.decode()
    assert "Nothing was lost." in answer


def test_switched_off_by_hand_it_gives_up_what_was_on_its_way(ann, home, endpoint):
    services.send_test(endpoint, timezone.now())
    ann.post(f"{page_of(home, endpoint)}/switch", {"on": ""})
    assert not Endpoint.objects.get().is_on
    assert Delivery.objects.get().state == "failed"
    ann.post(f"{page_of(home, endpoint)}/switch", {"on": "1"})
    assert Endpoint.objects.get().is_on


def test_deleted_it_takes_its_log_along(ann, home, endpoint):
    services.send_test(endpoint, timezone.now())
    ann.post(f"{page_of(home, endpoint)}/delete")
    assert not Endpoint.objects.exists()
    assert not Delivery.objects.exists()


def test_the_log_pages_by_key_set_and_costs_the_same_however_long(ann, home, endpoint):
    page = page_of(home, endpoint)
    services.send_test(endpoint, timezone.now())
    ann.get(page)  # the session remembers the team
    few = count_queries(ann, page)
    for _ in range(59):
        services.send_test(endpoint, timezone.now())
    html = ann.get(page).content.decode()
    assert count_queries(ann, page) == few
    following = re.search(r'href="\?(cursor=[^"]+)"', html)[1]
    shown = set(re.findall(r"evt-\w+(?=</div>)", html))
    more = set(re.findall(r"evt-\w+(?=</div>)", ann.get(f"{page}?{following}").content.decode()))
    assert (len(shown), len(more), shown & more) == (50, 10, set())
    assert ann.get(f"{page}?cursor=made-up").status_code == 404
    assert ann.get(f"{page}?state=made-up").status_code == 404


def test_the_log_can_be_narrowed_to_what_was_given_up(ann, home, endpoint):
    lost = services.send_test(endpoint, timezone.now())
    services.send_test(endpoint, timezone.now())
    Delivery.objects.filter(pk=lost.pk).update(state="failed", due_at=None)
    html = ann.get(f"{page_of(home, endpoint)}?state=failed").content.decode()
    assert re.findall(r"evt-\w+(?=</div>)", html) == [lost.event_id]
