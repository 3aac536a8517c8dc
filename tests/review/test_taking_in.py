"""When a run has ended, the worker takes it in: what it had in common with others, and its words."""

from django.utils import timezone

from editor.review import indexing, words
from editor.review.models import RunTrait, RunWords, Trait
from editor.runs import privacy
from editor.runs.models import Ended, Run
from tests.runs.conftest import INVITE_ALL

BROKEN = {
    "actionType": "st.openPersonPage",
    "personUrl": "https://www.linkedin.com/in/trellis-error-personNotFound",
    "label": "who",
}


def take_in():
    return indexing.take_in(timezone.now())


def pairs(run):
    keys = RunTrait.objects.filter(run=run).values("trait")
    return set(Trait.objects.filter(pk__in=keys).values_list("kind", "value"))


def found(run, asked, hides=privacy.NOTHING):
    return Run.objects.filter(words.holding(run.team, asked, hides)).filter(pk=run.pk).exists()


def test_a_run_that_ended_waits_to_be_taken_in_once(make_run, worker):
    run = make_run(INVITE_ALL)
    assert not Ended.objects.exists()

    worker.advance(run)

    assert Ended.objects.get().run == run
    assert take_in() == 1
    assert take_in() == 0
    assert ("action", "st.sendConnectionRequest") in pairs(run)
    assert ("label", "before") in pairs(run)
    assert ("came", "acted") in pairs(run)
    assert ("took", "1m") in pairs(run)
    assert not {kind for kind, _ in pairs(run)} & {"error"}


def test_what_failed_is_known_by_its_action_and_its_error(make_run, worker):
    run = worker.advance(make_run(BROKEN))
    take_in()

    assert {
        ("error", "*"),
        ("error", "personNotFound"),
        ("action-error", "st.openPersonPage *"),
        ("action-error", "st.openPersonPage personNotFound"),
        ("came", "failed"),
    } <= pairs(run)


def test_words_are_found_whatever_their_case_and_accents_and_with_a_star_by_a_beginning(
    make_run, worker
):
    run = worker.advance(make_run(INVITE_ALL))
    Run.objects.filter(pk=run.pk).update(inputs={"to": "Zoë Ångström <zoe.qq7@example.com>"})
    take_in()

    assert found(run, "zoe angstrom")
    assert found(run, "ÅNGS*")
    assert found(run, "zoe.qq7@example.com")
    assert not found(run, "zoe.qq7@example.com", privacy.Hides(emails=True))
    assert not found(run, "angs")
    assert not found(run, "angs zoe*")  # only the last word may be a beginning
    assert not found(run, "zoe nobody")
    assert not found(run, " ' & ! ")
    person = run.results.filter(action_type="st.openPersonPage").first()
    assert found(run, person.data["name"])


def test_what_is_known_of_a_run_goes_with_it(make_run, worker):
    run = worker.advance(make_run(INVITE_ALL))
    take_in()
    other = worker.advance(make_run(INVITE_ALL))
    take_in()

    run.delete()

    assert RunWords.objects.get().run == other
    assert not RunTrait.objects.exclude(run=other).exists()
    assert list(
        Run.objects.filter(words.holding(other.team, "founders")).values_list("pk", flat=True)
    ) == [other.pk]


def test_a_long_run_keeps_a_bounded_number_of_words(monkeypatch):
    monkeypatch.setattr(words, "WORDS_AT_MOST", 5)

    kept = words.gather(([text], [text]) for text in map("word{}".format, range(100)))

    assert len(kept) == 5


def test_what_a_team_hides_is_not_found_by_who_may_not_see_it(make_run, worker):
    run = worker.advance(make_run(INVITE_ALL))
    row = run.results.filter(action_type="st.openPersonPage").first()
    row.data |= {"headline": "Write to me: ada.secret@example.com"}
    row.save()
    take_in()

    assert found(run, "write secret")
    assert not found(run, "secret", privacy.EVERYTHING)
    assert found(run, "write", privacy.EVERYTHING)
    assert not found(run, "hidden")
