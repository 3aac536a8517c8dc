"""The invented people and companies of the sandbox.

Everything follows from the address alone: the same URL is always the same person. Addresses that the
sandbox makes up itself begin with `example-`, so that no result leads to a real profile. A person or
company is a plain dict that holds every field under which any action reports it; `results.project`
takes out what an action documents. Never change one: they are cached and shared.
"""

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import islice
from operator import itemgetter
from typing import Any
from urllib.parse import unquote

from editor.sandbox import words
from editor.sandbox.dice import pick, roll, shuffled, some
from editor.sandbox.wishes import Facets, fitting, key

Entity = Mapping[str, Any]

LINKEDIN = "https://www.linkedin.com"
HASHED_PREFIX = "ACoAA"
_PERSON = re.compile(r"/(?:in|sales/people|sales/lead)/([^/?#,]+)")
_COMPANY = re.compile(r"/(?:company|school|showcase|sales/company)/([^/?#,]+)")
_MARK = re.compile(r"trellis-[a-z]+-[a-z0-9-]*", re.IGNORECASE)

PEOPLE = tuple(
    f"example-{first}-{last}".lower() for first in words.FIRST_NAMES for last in words.LAST_NAMES
)
COMPANIES = tuple(
    f"example-{stem}-{trade[0]}".lower() for stem in words.COMPANY_STEMS for trade in words.TRADES
)
_PERSON_NUMBER = {slug: number for number, slug in enumerate(PEOPLE)}
_COMPANY_NUMBER = {slug: number for number, slug in enumerate(COMPANIES)}
AUTHORS = COMPANIES + PEOPLE
_AUTHOR_NUMBER = {slug: number for number, slug in enumerate(AUTHORS)}
_COMPANY_BY_TRADE = {trade[0].lower(): trade for trade in words.TRADES}


# --- Addresses ---------------------------------------------------------------------------------


def person_at(url: str) -> Entity:
    """Whoever lives at a public, id-based or Sales Navigator address; any text gives somebody."""
    key = _last(_PERSON, url)
    if not key.startswith(HASHED_PREFIX):
        return person(key.lower() if "/in/" in url else pick(PEOPLE, "id", key))
    try:
        return person(_decoded(key.removeprefix(HASHED_PREFIX)))
    except (binascii.Error, ValueError):
        return {**person(pick(PEOPLE, "id", key)), "hashedUrl": f"{LINKEDIN}/in/{key}"}


def company_at(url: str) -> Entity:
    """The company at a public, numeric or Sales Navigator address; any text gives one."""
    key = _last(_COMPANY, url).lower()
    if not key.isdecimal():
        return company(key)
    known = _companies_by_number().get(key)
    return company(known) if known else _renumbered(company(pick(COMPANIES, "id", key)), key)


def person_slug(url: str) -> str:
    """What tells people apart: the last part of their public address."""
    return str(person_at(url)["slug"])


def author_number(entity: Entity) -> int:
    """Which of AUTHORS this is; somebody else's number for one who is not among them."""
    slug = str(entity["slug"])
    return _AUTHOR_NUMBER.get(slug, roll(len(AUTHORS), "author", slug))


def author(number: int) -> Entity:
    """The person or company with this number among AUTHORS."""
    slug = AUTHORS[number % len(AUTHORS)]
    return company(slug) if slug in _COMPANY_NUMBER else person(slug)


def _last(pattern: re.Pattern[str], url: str) -> str:
    found = pattern.search(url)
    return unquote(found[1] if found else url.rstrip("/").rpartition("/")[2])[:120]


def _encoded(slug: str) -> str:
    return base64.urlsafe_b64encode(slug.encode()).decode().rstrip("=")


def _decoded(text: str) -> str:
    """Raises ValueError (binascii.Error is one) for an id that the sandbox did not make."""
    slug = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True).decode()
    if _encoded(slug) != text:
        raise ValueError(text)
    return slug


@lru_cache(maxsize=1)
def _companies_by_number() -> dict[str, str]:
    return {_company_number(slug): slug for slug in COMPANIES}


def _company_number(slug: str) -> str:
    return str(10_000_000 + roll(89_999_999, "company", slug))


def _renumbered(entity: Entity, number: str) -> Entity:
    return {
        **entity,
        "urn": f"urn:li:organization:{number}",
        "hashedUrl": f"{LINKEDIN}/company/{number}",
    }


def _name_of(slug: str) -> list[str]:
    """`example-ines-quintal-7b3` -> ["Ines", "Quintal"]; marks and numbers are no names."""
    parts = _MARK.sub("", slug).strip("-").split("-")
    if parts[:1] == ["example"]:
        parts = parts[1:]
    return [part.capitalize()[:30] for part in parts if part.isalpha()][:4]


# --- People ------------------------------------------------------------------------------------


@lru_cache(maxsize=8192)
def person(slug: str) -> Entity:
    """The person with this public address."""
    names = _name_of(slug) or _name_of(pick(PEOPLE, "name", slug))
    employer = company(_employer(slug))
    city, country, code = pick(words.PLACES, "place", slug)
    position = pick(words.POSITIONS, "position", slug)
    degree = pick(("1st", "2nd", "2nd", "3rd+"), "degree", slug)
    return {
        "slug": slug,
        "name": " ".join(names),
        "firstName": names[0],
        "lastName": names[-1],
        "urn": f"urn:li:member:{100_000_000 + roll(899_999_999, 'member', slug)}",
        "publicUrl": f"{LINKEDIN}/in/{slug}",
        "hashedUrl": f"{LINKEDIN}/in/{HASHED_PREFIX}{_encoded(slug)}",
        "headline": f"{position} at {employer['name']}",
        "location": f"{city}, {country}",
        "countryCode": code,
        "position": position,
        "companyName": employer["name"],
        "companyUrn": employer["urn"],
        "companyHashedUrl": employer["hashedUrl"],
        "companySlug": employer["slug"],
        "industry": employer["industry"],
        "school": pick(words.SCHOOLS, "school", slug),
        "followersCount": 40 + roll(4_000, "followers", slug),
        "about": _about(slug, position, employer),
        "avatarUrl": _picture("people", slug) if roll(3, "avatar", slug) else None,
        "viewerState": {"connectionDegree": degree},
        "connectionDegree": int(degree[0]),
    }


def _employer(slug: str) -> str:
    """Everybody in PEOPLE has one of COMPANIES, so that each company has ten people of its own."""
    number = _PERSON_NUMBER.get(slug)
    return (
        pick(COMPANIES, "employer", slug) if number is None else COMPANIES[number % len(COMPANIES)]
    )


def _about(slug: str, position: str, employer: Entity) -> str | None:
    if not roll(4, "about", slug):
        return None
    return f"{position} with a liking for plain words. {employer['description']} is what we do."


def _picture(kind: str, key: str) -> str:
    return f"https://media.trellis.example/{kind}/{key}.jpg"


def at_company(someone: Entity, employer: Entity) -> Entity:
    """The same person, working for `employer`."""
    return {
        **someone,
        "headline": f"{someone['position']} at {employer['name']}",
        "companyName": employer["name"],
        "companyUrn": employer["urn"],
        "companyHashedUrl": employer["hashedUrl"],
        "companySlug": employer["slug"],
        "industry": employer["industry"],
    }


def as_actor(entity: Entity) -> Entity:
    """A person or company in the shape that posts, comments and reactions name them."""
    if "firstName" in entity:
        return {
            "type": "person",
            "profileUrl": entity["publicUrl"],
            "companyUrl": None,
            **{key: entity[key] for key in ("name", "urn", "headline", "viewerState")},
        }
    return {
        "type": "company",
        "name": entity["name"],
        "urn": entity["urn"],
        "profileUrl": None,
        "headline": None,
        "companyUrl": entity["publicUrl"],
        "viewerState": None,
    }


def skills(someone: Entity) -> list[Entity]:
    trade = _trade(str(someone["companySlug"]))
    names = [*trade[3], *some(words.COMMON_SKILLS, 4, "skills", someone["slug"])]
    return [{"name": name} for name in dict.fromkeys(names)]


def experience(someone: Entity) -> list[Entity]:
    """Three jobs, the newest first; the first one is the present job."""
    slug = someone["slug"]
    jobs: list[Entity] = []
    end: int | None = None
    for number in range(3):
        start = (end or 2026) - 1 - roll(4, "years", slug, number)
        at = company(pick(COMPANIES, "past", slug, number)) if number else None
        jobs.append(
            {
                "position": pick(words.POSITIONS, "past", slug, number)
                if at
                else someone["position"],
                "companyName": at["name"] if at else someone["companyName"],
                "companyHashedUrl": at["hashedUrl"] if at else someone["companyHashedUrl"],
                "employmentType": pick(
                    ("fullTime", "fullTime", "partTime", "contract"), slug, number
                ),
                "locationType": pick(("onSite", "hybrid", "remote", None), "type", slug, number),
                "description": at["description"] if at else None,
                "duration": ((end or 2026) - start) * 12,
                "startTime": str(start),
                "endTime": str(end) if end else None,
                "location": someone["location"],
            }
        )
        end = start
    return jobs


def education(someone: Entity) -> list[Entity]:
    slug, end = someone["slug"], 2008 + roll(10, "graduated", someone["slug"])
    schools = [someone["school"], pick(words.SCHOOLS, "second school", slug)]
    return [
        {
            "schoolName": school,
            "schoolHashedUrl": f"{LINKEDIN}/company/{_company_number(school)}",
            "details": f"{pick(words.DEGREES, slug, school)}, {end - 3} to {end}",
        }
        for school in dict.fromkeys(schools)
    ]


def languages(someone: Entity) -> list[Entity]:
    levels = ("nativeOrBilingual", "fullProfessional", "limitedWorking")
    spoken = some(words.LANGUAGES, 2 + roll(2, "tongues", someone["slug"]), someone["slug"])
    return [
        {"name": name, "proficiency": level} for name, level in zip(spoken, levels, strict=False)
    ]


# --- Companies ---------------------------------------------------------------------------------


@lru_cache(maxsize=1024)
def company(slug: str) -> Entity:
    """The company with this public address."""
    names = _name_of(slug) or _name_of(pick(COMPANIES, "name", slug))
    trade = _trade(slug)
    city, country, code = pick(words.PLACES, "seat", slug)
    number = _company_number(slug)
    return {
        "slug": slug,
        "name": " ".join(names),
        "urn": f"urn:li:organization:{number}",
        "publicUrl": f"{LINKEDIN}/company/{slug}",
        "hashedUrl": f"{LINKEDIN}/company/{number}",
        "description": trade[2],
        "location": f"{city}, {country}",
        "headquarters": code,
        "industry": trade[1],
        "specialties": ", ".join(trade[3]),
        "website": f"https://{'-'.join(names).lower()}.example",
        "employeesCount": 8 + roll(3_000, "size", slug) // (1 + roll(30, "scale", slug)),
        "yearFounded": 1962 + roll(60, "founded", slug),
        "ventureFinancing": not roll(3, "venture", slug),
        "jobsCount": roll(25, "jobs", slug),
        "logoUrl": _picture("companies", slug) if roll(3, "logo", slug) else None,
    }


def _trade(slug: str) -> tuple[str, str, str, tuple[str, ...]]:
    known = _COMPANY_BY_TRADE.get(slug.rpartition("-")[2])
    return known or pick(words.TRADES, "trade", slug)


# --- Lists -------------------------------------------------------------------------------------

_SIZES = (10, 50, 200, 500, 1000, 5000, 10000)


def _size(entity: Entity) -> str:
    """The head-count bracket as filters write it: 11-50."""
    lower = 1
    for upper in _SIZES:
        if entity["employeesCount"] <= upper:
            return f"{lower}-{upper}"
        lower = upper + 1
    return "10001+"


_PERSON_FACETS: Facets = {
    "firstName": itemgetter("firstName"),
    "lastName": itemgetter("lastName"),
    "position": itemgetter("position"),
    "positions": itemgetter("position"),
    "locations": itemgetter("location"),
    "industries": itemgetter("industry"),
    "currentCompanies": itemgetter("companyName"),
    "schools": itemgetter("school"),
    "connectionDegrees": lambda entity: entity["viewerState"]["connectionDegree"],
}
_COMPANY_FACETS: Facets = {
    "locations": itemgetter("location"),
    "industries": itemgetter("industry"),
    "sizes": _size,
}


def people(criteria: Mapping[str, Any], count: int, *about: object) -> list[Entity]:
    """`count` people who fit the criteria, the same ones for the same criteria."""
    everybody = map(person, shuffled(PEOPLE, "people", *about, key(criteria)))
    return fitting(everybody, criteria, _PERSON_FACETS, count)


def companies(criteria: Mapping[str, Any], count: int) -> list[Entity]:
    """`count` companies that fit the criteria, the same ones for the same criteria."""
    all_of_them = map(company, shuffled(COMPANIES, "companies", key(criteria)))
    return fitting(all_of_them, criteria, _COMPANY_FACETS, count)


def employees(of: Entity, criteria: Mapping[str, Any], count: int) -> list[Entity]:
    """People of one company: its own ten first, then others who work there as well."""
    return fitting(_staff(of), criteria, _PERSON_FACETS, count)


def decision_makers(of: Entity, count: int) -> list[Entity]:
    """Five people at the most, all of them with a say."""
    deciding = (who for who in _staff(of) if who["position"] in words.DECISION_MAKER_POSITIONS)
    return list(islice(deciding, min(count, 5)))


def _staff(of: Entity) -> Iterator[Entity]:
    number = _COMPANY_NUMBER.get(of["slug"])
    own = () if number is None else PEOPLE[number :: len(COMPANIES)]
    yield from map(person, own)
    others = shuffled(PEOPLE, "staff", of["slug"])
    yield from (at_company(person(slug), of) for slug in others if slug not in own)
