"""From an event to the answer of the receiver: tried again, never twice at once, given up at last."""

import asyncio
import json
from datetime import timedelta

import pytest
from asgiref.sync import async_to_sync
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import AuditEvent
from editor.outgoing import events, posting, queries, sending, services
from editor.outgoing.models import Delivery, Endpoint, Kind
from editor.runs.models import Notice
from tests.outgoing.receiver import receiving, send_all_due


@pytest.fixture
def tell(ann):
    def telling(kind=Kind.RUN_FINISHED, count=1):
        now = timezone.now()
        events.tell(ann.team.pk, kind, lambda: [{"n": n} for n in range(count)], now)

    return telling


def test_an_event_goes_to_whoever_asks_for_it(ann, endpoint, receiver, sender, tell):
    wanted = services.Wanted(receiver.url, "Chat", [Kind.RUN_FAILED])
    services.create(ann.team, actor=ann.user, wanted=wanted, made_key="another")
    tell(Kind.RUN_FINISHED)
    send_all_due(sender)
    ((headers, body),) = receiver.got
    told = json.loads(body)
    assert (told["type"], told["team"], told["data"]) == ("run.finished", "outreach", {"n": 0})
    assert headers["trellis-event"] == "run.finished"
    assert headers["content-type"] == "application/json"
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.response_code, delivery.attempts) == ("delivered", 204, 1)
    assert headers["trellis-delivery"] == delivery.public_id
    tell(Kind.RUN_FAILED)
    ids = {each.event_id for each in Delivery.objects.filter(type="run.failed")}
    assert Delivery.objects.filter(type="run.failed").count() == 2
    assert len(ids) == 1


def test_nobody_listening_costs_one_query_and_makes_nothing(ann, django_assert_num_queries):
    with django_assert_num_queries(1):
        events.tell(ann.team.pk, Kind.RUN_FINISHED, lambda: pytest.fail("made"), timezone.now())


def test_what_is_rolled_back_is_never_told(ann, endpoint, tell):
    with transaction.atomic():
        tell()
        transaction.set_rollback(True)
    assert not Delivery.objects.exists()


def test_two_workers_never_send_one_at_the_same_time(endpoint, tell):
    tell()
    now = timezone.now()
    (mine,), (theirs,) = (queries.due(now, not_to=(), at_most=10) for _ in range(2))
    assert services.claim(mine, now)
    assert not services.claim(theirs, now)
    assert queries.due(now, not_to=(), at_most=10) == []
    later = now + services.LEASE  # the worker was killed: its claim runs out
    assert queries.due(later, not_to=(), at_most=10) == [mine]


def test_an_answer_that_comes_after_the_claim_ran_out_changes_nothing(endpoint, tell, sender):
    tell()
    now = timezone.now()
    (slow,) = queries.due(now, not_to=(), at_most=1)
    services.claim(slow, now)
    later = now + services.LEASE
    (again,) = queries.due(later, not_to=(), at_most=1)
    services.claim(again, later)
    services.note(slow, posting.Answer(500, 1, error="late"), later, sender.switched_off)
    again.refresh_from_db()
    assert (again.state, again.error) == ("pending", "")


def test_a_failure_comes_again_later_each_time_and_is_given_up_after_a_day(
    endpoint, receiver, sender
):
    receiver.answer(503, {}, b"<h1>Down</h1>")
    now = timezone.now()
    delivery = services.send_test(endpoint, now)
    pauses = []
    for _ in range(7):
        Delivery.objects.filter(pk=delivery.pk).update(due_at=now)
        before = timezone.now()
        send_all_due(sender)
        delivery.refresh_from_db()
        assert (delivery.state, delivery.response_code) == ("pending", 503)
        pauses.append((delivery.due_at - before).total_seconds())
    planned = (*services.PAUSES, services.PAUSES[-1])
    assert all(0.89 * p <= seen <= 1.2 * p + 1 for p, seen in zip(planned, pauses, strict=True))
    assert (delivery.error, delivery.answer) == ("The receiver answered 503.", "<h1>Down</h1>")

    Delivery.objects.filter(pk=delivery.pk).update(
        due_at=now, created_at=now - services.GIVES_UP_AFTER
    )
    send_all_due(sender)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.due_at, delivery.attempts) == ("failed", None, 8)


def test_a_receiver_may_ask_for_a_longer_pause(endpoint, receiver, sender):
    receiver.answer(429, {"Retry-After": "600"})
    delivery = services.send_test(endpoint, timezone.now())
    send_all_due(sender)
    delivery.refresh_from_db()
    assert delivery.due_at > timezone.now() + timedelta(minutes=8)


def test_a_redirect_is_not_followed(endpoint, receiver, sender):
    receiver.answer(302, {"Location": receiver.url})
    delivery = services.send_test(endpoint, timezone.now())
    send_all_due(sender)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.response_code) == ("pending", 302)
    assert len(receiver.got) == 1


def test_of_a_long_answer_only_the_beginning_is_kept(endpoint, receiver, sender):
    receiver.answer(200, {}, b"x" * 1_000_000)
    delivery = services.send_test(endpoint, timezone.now())
    send_all_due(sender)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.answer) == ("delivered", "x" * posting.KEPT_OF_ANSWER)


def test_nobody_at_home_is_said_in_words(endpoint, sender):
    endpoint.url = "http://127.0.0.1:1/hook"
    endpoint.save()
    delivery = services.send_test(endpoint, timezone.now())
    send_all_due(sender)
    delivery.refresh_from_db()
    assert delivery.error.endswith("nothing listens at this address.")
    assert delivery.response_code is None


def test_a_name_that_nobody_knows_is_said_in_words(endpoint, sender):
    endpoint.url = "http://nowhere.invalid/hook"
    endpoint.save()
    delivery = services.send_test(endpoint, timezone.now())
    send_all_due(sender)
    delivery.refresh_from_db()
    assert "nobody knows the name nowhere.invalid" in delivery.error


def test_one_that_never_answers_is_left_after_a_while(endpoint, receiver, sender, monkeypatch):
    monkeypatch.setattr(posting, "SECONDS", 0.2)
    receiver.gate.clear()
    delivery = services.send_test(endpoint, timezone.now())
    send_all_due(sender)
    delivery.refresh_from_db()
    assert delivery.error.startswith("No answer within")


def test_a_slow_receiver_takes_only_its_own_places(ann, endpoint, receiver, sender, tell):
    """The slow one has eight events; the other one's event arrives while they hang."""
    tell(Kind.RUN_FINISHED, count=8)
    with receiving() as quick:
        wanted = services.Wanted(quick.url, "Chat", [Kind.RUN_FAILED])
        services.create(ann.team, actor=ann.user, wanted=wanted, made_key="another")
        tell(Kind.RUN_FAILED)
        receiver.gate.clear()

        async def some_rounds():
            while not quick.got:
                await sending.send_due(sender)
                assert list(sender.on_way.values()).count(endpoint.pk) <= sending.AT_ONCE_TO_ONE
                await asyncio.sleep(0)
            receiver.gate.set()
            while sender.tasks:
                await asyncio.gather(*sender.tasks)

        async_to_sync(some_rounds)()
        assert len(quick.got) == 1


def test_after_three_days_without_success_it_is_switched_off_and_admins_are_told(
    ann, bob, endpoint, receiver, sender, tell
):
    receiver.answer(500)
    tell(count=2)
    send_all_due(sender)
    endpoint.refresh_from_db()
    assert endpoint.is_on
    assert endpoint.failing_since is not None
    long_ago = timezone.now() - services.SWITCHED_OFF_AFTER
    Endpoint.objects.update(failing_since=long_ago)
    Delivery.objects.update(due_at=timezone.now())
    send_all_due(sender)

    endpoint.refresh_from_db()
    assert not endpoint.is_on
    assert "3 days" in endpoint.off_note
    assert {d.state for d in Delivery.objects.all()} == {"failed"}
    assert [n.user_id for n in Notice.objects.all()] == [ann.user.pk]
    assert "switched itself off" in ann.get("/notices").content.decode()
    assert AuditEvent.objects.filter(verb="webhook.switched_off", actor=None).count() == 1

    tell()  # while it is off nothing is kept for it
    assert Delivery.objects.filter(state="pending").count() == 0
    services.switch(endpoint, actor=ann.user, on=True)
    receiver.answer(200)
    tell()
    send_all_due(sender)
    endpoint.refresh_from_db()
    assert endpoint.is_on
    assert endpoint.failing_since is None


def test_success_ends_a_row_of_failures(endpoint, receiver, sender, tell):
    receiver.answers = [(500, {}, b""), (200, {}, b"")]
    tell()
    send_all_due(sender)
    Delivery.objects.update(due_at=timezone.now())
    send_all_due(sender)
    endpoint.refresh_from_db()
    assert endpoint.failing_since is None


def test_the_log_forgets_after_thirty_days_but_never_what_is_on_its_way(endpoint, tell, sender):
    tell(count=3)
    old = timezone.now() - services.KEPT - timedelta(minutes=1)
    Delivery.objects.update(created_at=old)
    first, *_ = Delivery.objects.order_by("pk")
    Delivery.objects.filter(pk=first.pk).update(state="delivered", due_at=None)
    assert services.forget(timezone.now()) == 1
    assert Delivery.objects.count() == 2


def test_neither_the_address_nor_the_secret_stand_in_the_database_or_the_log(
    ann, endpoint, receiver, sender, caplog
):
    with connection.cursor() as cursor:
        cursor.execute("SELECT url, secret FROM outgoing_endpoint")
        stored = "".join(cursor.fetchone())
    assert receiver.url not in stored
    assert endpoint.secret not in stored
    with caplog.at_level("DEBUG", logger="editor"):
        services.send_test(endpoint, timezone.now())
        send_all_due(sender)
    assert endpoint.secret not in caplog.text
    assert not any(endpoint.secret in str(event.details) for event in AuditEvent.objects.all())
