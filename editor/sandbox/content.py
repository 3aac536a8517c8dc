"""Invented posts, comments, reactions, jobs and messages.

A post's number is built as LinkedIn builds its activity numbers: milliseconds since 1970 in the upper
bits. So a post's address alone says when it was written; the lower 22 bits say who wrote it, and it
stays the same post wherever it turns up.
"""

import base64
import binascii
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from editor.sandbox import words, world
from editor.sandbox.dice import pick, roll, some
from editor.sandbox.wishes import Facets, fitting, key
from editor.sandbox.world import LINKEDIN, Entity

REACTIONS = ("like", "celebrate", "support", "love", "insightful", "funny")
_NUMBER = re.compile(r"\d{6,19}")
_YEAR_2012 = 1_325_376_000_000  # milliseconds; a number that says less is not one of LinkedIn's
_AUTHOR_BITS = 12


def stamp(moment: datetime) -> str:
    """A time as the Linked API writes it: ISO 8601 in UTC, to the millisecond."""
    return (
        moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"
    )


def moment(text: object) -> datetime | None:
    """The time that a `since` names; None when there is none or it cannot be read."""
    try:
        found = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return found.replace(tzinfo=UTC) if found and found.tzinfo is None else found


def _since(items: list[Entity], since: object, field: str = "time") -> list[Entity]:
    start = moment(since)
    return [item for item in items if start is None or item[field] >= stamp(start)]


# --- Posts -------------------------------------------------------------------------------------


def post_at(address: str) -> Entity:
    """The post at a URL or URN; any text gives one."""
    found = _NUMBER.search(address)
    return post(int(found[0]) if found else _post_number(_YEAR_2012 + roll(4 * 10**11, address), 0))


def post(number: int, author: Entity | None = None) -> Entity:
    """The post with this activity number. Its author follows from the number unless given."""
    author = author or world.author(number & ((1 << _AUTHOR_BITS) - 1))
    is_repost = roll(5, "repost", number) == 0
    writer = world.person(pick(world.PEOPLE, "writer", number)) if is_repost else author
    has_video = roll(7, "video", number) == 0
    urn = f"urn:li:activity:{number}"
    return {
        "number": number,
        "url": f"{LINKEDIN}/feed/update/{urn}",
        "activityUrn": urn,
        "time": stamp(_written_at(number)),
        "type": "repost" if is_repost else "original",
        "author": world.as_actor(writer),
        "reposter": world.as_actor(author) if is_repost else None,
        "text": pick(words.POST_TEXTS, "text", number),
        "repostText": pick(words.REPOST_TEXTS, "words", number) if is_repost else None,
        "hashtags": some(words.HASHTAGS, roll(3, "tags", number), number),
        "mentions": [author["publicUrl"]] if is_repost else [],
        "externalLinks": [f"https://news.trellis.example/{number % 1000}"]
        if number % 3 == 0
        else [],
        "images": [f"https://media.trellis.example/posts/{number}.jpg"] if number % 2 else None,
        "documentSlides": [],
        "hasVideo": has_video,
        "videoThumbnail": f"https://media.trellis.example/posts/{number}.png"
        if has_video
        else None,
        "hasPoll": roll(11, "poll", number) == 0,
        "reactionsCount": 3 + roll(300, "reactions", number),
        "commentsCount": 1 + roll(30, "comments", number),
        "repostsCount": roll(12, "reposts", number),
        "viewerState": {"reaction": pick((None, None, *REACTIONS), "own", number), "isOwn": False},
        "feedContext": pick((None, "Suggested", "Somebody you know reacted to this"), number),
    }


def posts_of(author: Entity, at: datetime, count: int, since: object = None) -> list[Entity]:
    """The latest posts of a person or company, newest first."""
    posts = [post(_post_number_of(author, at, index), author) for index in range(count)]
    return _since(posts, since)


def posts_about(criteria: Mapping[str, Any], at: datetime, count: int) -> list[Entity]:
    """Posts by many people, as a search or the feed shows them."""
    authors = world.people({"term": f"posts: {key(criteria)}"}, count)
    return [
        post(_post_number_of(author, at, index), author) for index, author in enumerate(authors)
    ]


def new_post(at: datetime, *about: object) -> Entity:
    """The address of something the account has just posted."""
    number = _post_number(_milliseconds(at), roll(1 << 22, "new post", *about))
    urn = f"urn:li:activity:{number}"
    return {"postUrl": f"{LINKEDIN}/feed/update/{urn}", "postUrn": urn}


def _post_number(milliseconds: int, low: int) -> int:
    return milliseconds << 22 | low


def _post_number_of(author: Entity, at: datetime, index: int) -> int:
    """Every third day, at an hour of its own; the same all day long."""
    day = at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    age = timedelta(days=1 + 3 * index, minutes=roll(24 * 60, "posted", author["slug"], index))
    low = roll(1 << 10, author["slug"], index) << _AUTHOR_BITS | world.author_number(author)
    return _post_number(_milliseconds(day - age), low)


def _milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def _written_at(number: int) -> datetime:
    milliseconds = number >> 22
    if milliseconds < _YEAR_2012:
        milliseconds = _YEAR_2012 + roll(4 * 10**11, "written", number)
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


# --- Comments and reactions --------------------------------------------------------------------


def comments_on(of: Entity, count: int, with_replies: bool) -> list[Entity]:
    """Comments of a post, no more than it has; every third is a reply when replies are wanted."""
    written = _written_at(of["number"])
    found: list[Entity] = []
    for index in range(min(count, of["commentsCount"])):
        seed = (of["number"], index)
        author = world.as_actor(world.person(pick(world.PEOPLE, "commenter", *seed)))
        is_reply = with_replies and index % 3 == 2
        found.append(
            {
                **_comment_address(of["number"], _comment_number(*seed)),
                "author": author,
                "commenterUrl": author["profileUrl"],
                "commenterName": author["name"],
                "commenterHeadline": author["headline"],
                "commenterType": author["type"],
                "time": stamp(written + timedelta(minutes=7 + 41 * index)),
                "text": pick(words.COMMENT_TEXTS, "comment", *seed),
                "image": None,
                "isReply": is_reply,
                "reactionsCount": roll(9, "liked", *seed),
                "repliesCount": 0 if is_reply else roll(3, "replied", *seed),
                "viewerState": {"reaction": None, "isOwn": False},
            }
        )
    return found


def reactions_on(of: Entity, count: int) -> list[Entity]:
    """Reactions to a post, no more than it has."""
    who = some(world.PEOPLE, min(count, of["reactionsCount"]), "reactions", of["number"])
    found: list[Entity] = []
    for slug in who:
        actor = world.as_actor(world.person(slug))
        found.append(
            {
                "actor": actor,
                "engagerUrn": actor["urn"],
                "engagerUrl": actor["profileUrl"],
                "engagerName": actor["name"],
                "engagerHeadline": actor["headline"],
                "engagerType": actor["type"],
                "type": pick(REACTIONS, "reaction", of["number"], slug),
            }
        )
    return found


def comments_by(someone: Entity, at: datetime, count: int, since: object) -> list[Entity]:
    """The latest comments a person wrote, newest first."""
    found: list[Entity] = [
        {
            "postUrl": item["url"],
            "time": item["time"],
            "text": pick(words.COMMENT_TEXTS, "by", someone["slug"], item["number"]),
            "image": None,
            "reactionsCount": roll(12, "by", someone["slug"], item["number"]),
        }
        for item in _posts_around(someone, "comments", at, count)
    ]
    return _since(found, since)


def reactions_by(someone: Entity, at: datetime, count: int, since: object) -> list[Entity]:
    """The latest reactions of a person, newest first."""
    found: list[Entity] = [
        {
            "postUrl": item["url"],
            "time": item["time"],
            "reactionType": pick(REACTIONS, "by", someone["slug"], item["number"]),
        }
        for item in _posts_around(someone, "reactions", at, count)
    ]
    return _since(found, since)


def _posts_around(someone: Entity, why: str, at: datetime, count: int) -> list[Entity]:
    posts = posts_about({"term": f"{why} of {someone['slug']}"}, at, count)
    return sorted(posts, key=lambda item: str(item["time"]), reverse=True)


def new_comment(of: Entity, at: datetime, *about: object) -> Entity:
    """The address of a comment that the account has just written under a post."""
    return _comment_address(of["number"], _comment_number(of["number"], at, *about))


def _comment_number(*about: object) -> int:
    return 7_000_000_000_000_000_000 + roll(10**17, "comment number", *about)


def _comment_address(post_number: int, number: int) -> dict[str, str]:
    urn = f"urn:li:comment:(activity:{post_number},{number})"
    quoted = urn.replace(":", "%3A").replace(",", "%2C")
    address = f"{LINKEDIN}/feed/update/urn:li:activity:{post_number}?commentUrn={quoted}"
    return {"commentUrn": urn, "commentUrl": address}


# --- Jobs --------------------------------------------------------------------------------------


def job_at(address: str) -> Entity:
    """The job ad at an address; any text gives one."""
    found = _NUMBER.search(address)
    return job(int(found[0]) if found else 4_000_000_000 + roll(10**8, "job", address))


def job(number: int) -> Entity:
    """The job ad with this number."""
    employer = world.company(pick(world.COMPANIES, "employer", number))
    least = 28_000 + 1_000 * roll(60, "pay", number)
    city, country, _ = pick(words.PLACES, "place", number)
    return {
        "jobId": str(number),
        "urn": f"urn:li:jobPosting:{number}",
        "jobUrl": f"{LINKEDIN}/jobs/view/{number}",
        "title": pick(words.JOB_TITLES, "title", number),
        "companyName": employer["name"],
        "companyUrl": employer["publicUrl"],
        "location": f"{city}, {country}",
        "postedDate": f"{1 + roll(5, 'age', number)}w",
        "applicantsCount": roll(120, "applicants", number),
        "workplaceType": pick(("onSite", "remote", "hybrid"), "workplace", number),
        "employmentType": pick(("Full-time", "Part-time", "Contract"), "contract", number),
        "salary": {
            "currency": pick(("eur", "nok", "gbp", "usd"), "currency", number),
            "minAmount": least,
            "maxAmount": least + 6_000,
            "period": "yearly",
        }
        if roll(3, "salary", number)
        else None,
        "description": f"{employer['description']}. You plan your own week and learn from the best.",
        "applyUrl": f"{employer['website']}/jobs/{number}",
        "easyApply": number % 2 == 0,
        "isPromoted": roll(5, "promoted", number) == 0,
        "isSimilarMatch": roll(4, "similar", number) == 0,
        "industry": employer["industry"],
    }


_JOB_FACETS: Facets = {
    "location": lambda entity: entity["location"],
    "workplaceTypes": lambda entity: entity["workplaceType"],
    "companies": lambda entity: entity["companyName"],
    "industries": lambda entity: entity["industry"],
    "employmentTypes": lambda entity: str(entity["employmentType"]).replace("-t", "T"),
    "easyApply": lambda entity: entity["easyApply"],
}


def jobs(criteria: Mapping[str, Any], count: int) -> list[Entity]:
    """Job ads that fit the criteria, the same ones for the same criteria."""
    start = 4_000_000_000 + roll(10**8, "jobs", key(criteria))
    candidates = [job(start + 17 * index) for index in range(max(count, 40))]
    return fitting(candidates, criteria, _JOB_FACETS, count)


# --- Messages ----------------------------------------------------------------------------------


def thread_id(namespace: str, slug: str) -> str:
    """The thread with a person in the standard (`st`) or Sales Navigator (`nv`) inbox."""
    return "2-" + base64.urlsafe_b64encode(f"{namespace}:{slug}".encode()).decode()


def person_in_thread(thread: str) -> Entity:
    """Whom a thread is with; any text gives somebody."""
    try:
        text = base64.b64decode(thread.removeprefix("2-"), altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        text = ""
    namespace, colon, slug = text.partition(":")
    known = colon and namespace in ("st", "nv") and slug
    return world.person(slug if known else pick(world.PEOPLE, "thread", thread))


def history(namespace: str, slug: str, before: datetime) -> list[Entity]:
    """Messages that were exchanged before a conversation was synced, oldest first."""
    size = 2 + roll(3, "history", namespace, slug)
    lines = words.MESSAGES[:size]
    return [
        message(
            namespace, slug, sender, text, before - timedelta(days=2 * (size - index), hours=index)
        )
        for index, (sender, text) in enumerate(lines)
    ]


def message(namespace: str, slug: str, sender: str, text: str, at: datetime) -> Entity:
    """One message with a stable id."""
    number = roll(10**12, "message", namespace, slug, sender, text, at.timestamp())
    return {
        "id": f"m-{number}",
        "sender": sender,
        "text": text,
        "time": stamp(at),
        "threadId": thread_id(namespace, slug),
    }
