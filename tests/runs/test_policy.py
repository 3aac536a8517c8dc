"""How long to wait: rules without a clock."""

import pytest

from accounts import health
from editor import catalog
from editor.linkedapi import AnswerTooLarge, Look, NotSent, OutcomeUnknown, Refused
from editor.runs import policy
from editor.runs.policy import AfterStart

SPREAD = 1.1


def around(seconds):
    return pytest.approx(seconds, rel=0.11)


def test_looks_are_quick_at_first_and_then_at_the_interval_of_the_sdks():
    pauses = [policy.look_pause(n, Look("running")) for n in range(1, 8)]
    assert pauses == [around(s) for s in (0.5, 1, 2, 3, 5, 5, 5)]


def test_what_takes_long_is_looked_at_more_rarely_up_to_once_a_minute():
    pauses = [policy.look_pause(n, Look("running")) for n in (60, 120, 360, 720, 50_000)]
    assert pauses == [around(s) for s in (5, 10, 30, 60, 60)]


def test_a_parked_run_is_looked_at_rarely():
    assert policy.look_pause(1, Look("pending", pending_reason="outsideWorkingHours")) == around(
        300
    )
    assert policy.look_pause(1, Look("pending", pending_reason="queued")) == around(0.5)


def test_failed_looks_and_starts_back_off_up_to_a_limit():
    error = NotSent("no")
    assert [policy.start_pause(n, error) for n in (1, 2, 3, 4)] == [around(s) for s in (1, 2, 4, 8)]
    for pause in (policy.start_pause, policy.failed_look_pause):
        assert pause(10_000, error) <= 300 * SPREAD


def test_the_service_may_name_the_pause():
    error = Refused("slow down", type="tooManyRequests", retry_after=42)
    for pause in (policy.start_pause(1, error), policy.failed_look_pause(9, error)):
        assert 42 <= pause <= 47, "never sooner, and not all at once"
    assert policy.start_pause(1, Refused("now", retry_after=0)) > 0


def test_starts_that_never_leave_are_tried_for_hours():
    pauses = [policy.start_pause(n, NotSent("no")) for n in range(1, policy.STARTS_AT_MOST)]
    assert sum(pauses) > 6 * 3_600


def test_what_becomes_of_a_refused_start():
    def types(verdict):
        known = catalog.default().error_types
        return {t for t in known if policy.after_start(Refused("", type=t)) is verdict}

    assert types(AfterStart.LATER) == {"tooManyRequests", "outsideWorkingHours"}
    assert types(AfterStart.MENDED) == health.NEEDS_A_PERSON
    assert policy.after_start(NotSent("")) is AfterStart.LATER
    assert policy.after_start(NotSent("", type="tokenUnusable")) is AfterStart.MENDED


def test_closed_working_hours_are_waited_out_however_long_they_are():
    closed = Refused("closed", type="outsideWorkingHours")
    assert policy.start_pause(1, closed) == around(300)
    assert not policy.start_gives_up(10_000, closed)
    assert policy.start_gives_up(policy.STARTS_AT_MOST, NotSent("no"))


@pytest.mark.parametrize(
    ("error", "waits"),
    [
        (NotSent(""), True),
        (OutcomeUnknown("", status=500), True),
        (AnswerTooLarge(""), False),
        (Refused("", type="tooManyRequests"), True),
        (Refused("", type="invalidLinkedApiToken"), True),
        (Refused("", type="linkedinAccountSignedOut"), True),
        (Refused("", type="workflowNotFound", status=404), False),
        (Refused("", type="invalidRequestPayload"), False),
        (Refused("", type="somethingNew"), False),
    ],
    ids=lambda v: f"{type(v).__name__} {v}",
)
def test_a_failed_look_leaves_the_run_alone_unless_looking_again_cannot_help(error, waits):
    assert policy.look_may_wait(error) is waits


def test_statistics_are_looked_at_less_and_less_and_then_no_more():
    pauses = [policy.evidence_pause(n) for n in range(1, len(policy.EVIDENCE_DELAYS) + 1)]
    assert pauses == sorted(pauses)
    assert policy.evidence_pause(len(pauses) + 1) is None


def test_statistics_that_are_not_to_be_had_are_asked_for_again_for_hours_and_then_no_more():
    most, error = policy.EVIDENCE_FAILURES_AT_MOST, OutcomeUnknown("", status=500)
    pauses = [policy.failed_evidence_pause(n, error) for n in range(1, most + 1)]
    assert sum(pauses) > 6 * 3_600
    assert policy.failed_evidence_pause(most + 1, error) is None
    slow = Refused("", type="tooManyRequests", retry_after=400)
    assert policy.failed_evidence_pause(1, slow) >= 400
