"""How people want to hear of each kind of notice: in the app, by e-mail, both or neither."""

from collections.abc import Collection
from typing import Final, NamedTuple

from accounts.models import User
from editor.lib.tx import writing
from editor.runs.models import NoticeChoice, NoticeKind


class Way(NamedTuple):
    """`always`: nobody can choose otherwise."""

    help: str
    icon: str
    by_mail: bool
    always: bool = False


# By e-mail comes what waits for somebody, unless a person wants it otherwise.
WAYS: Final = {
    NoticeKind.RUN_FAILED: Way("One that you started.", "circle-x", by_mail=False),
    NoticeKind.RUN_UNCERTAIN: Way(
        "The answer to its start was lost. It is not sent again by itself.", "circle-help", by_mail=True
    ),
    NoticeKind.BATCH_FINISHED: Way("One that you started or resumed.", "circle-check", by_mail=False),
    NoticeKind.BATCH_HELD: Way(
        "It may not go on in the name of whoever started it. Admins are told too.", "pause", by_mail=True
    ),
    NoticeKind.SCHEDULE_PAUSED: Way(
        "One of yours: what it would run does not work any more.", "calendar", by_mail=True
    ),
    NoticeKind.CONNECTION_PAUSED: Way(
        "Signed out, no plan, or its tokens are refused. Its runs wait. Told to admins.", "plug", by_mail=True
    ),
    NoticeKind.WEBHOOK_OFF: Way(
        "Nothing had arrived for three days. Told to admins.", "webhook", by_mail=True
    ),
    NoticeKind.TEAM_CLOSES: Way(
        "What you do not take along is gone then.", "users", by_mail=True, always=True
    ),
}  # fmt: skip


_FROM_BEFORE: Final = Way("", "bell", by_mail=False)


def way_of(kind: str) -> Way:
    """Of a stored notice: the oldest say no kind."""
    return WAYS[NoticeKind(kind)] if kind else _FROM_BEFORE


class Wish(NamedTuple):
    in_app: bool
    by_mail: bool


def wishes(people: Collection[int], kind: NoticeKind) -> dict[int, Wish]:
    """What each of these people wants of this kind, by their key. One query."""
    usual = Wish(True, WAYS[kind].by_mail)
    chosen = {
        each.user_id: Wish(each.in_app, each.by_mail)
        for each in NoticeChoice.objects.filter(user__in=people, kind=kind)
        if not WAYS[kind].always
    }
    return {person: chosen.get(person, usual) for person in people}


def table(user: User) -> list[tuple[NoticeKind, Way, Wish]]:
    """A row for each kind, as this person has it. One query."""
    chosen = {each.kind: each for each in NoticeChoice.objects.filter(user=user)}
    rows = []
    for kind, way in WAYS.items():
        mine = None if way.always else chosen.get(kind)
        wish = Wish(mine.in_app, mine.by_mail) if mine else Wish(True, way.by_mail)
        rows.append((kind, way, wish))
    return rows


def choose(user: User, kind: NoticeKind, way: str, on: bool) -> None:
    """`way`: "in_app" or "by_mail". Raises ValueError where there is nothing to choose."""
    if way not in Wish._fields or WAYS[kind].always:
        raise ValueError(f"{kind} comes {way}, whatever is chosen.")
    with writing():
        wish = wishes([user.pk], kind)[user.pk]._replace(**{way: on})
        NoticeChoice.objects.update_or_create(user=user, kind=kind, defaults=wish._asdict())
