"""Broken workflows, each with a fault of its own, and the problems it has: for every room's tests.

    for case in BROKEN: case.name, case.source (bytes), case.problems ((code, JSON Pointer), ...)

`case.readable` says whether the text becomes a tree, so that validation and not reading finds the
problems. Warnings stand among the problems where a workflow has both.
"""

import json
from dataclasses import dataclass
from typing import Any

PERSON = "https://www.linkedin.com/in/example-ines-quintal"
COMPANY = "https://www.linkedin.com/company/example-brisa-cargo"
POST = "https://www.linkedin.com/feed/update/urn:li:activity:7000000000000000001"


@dataclass(frozen=True)
class Broken:
    name: str
    source: bytes
    problems: tuple[tuple[str, str], ...]
    readable: bool


def unreadable(name: str, source: bytes | str, *problems: tuple[str, str]) -> Broken:
    return Broken(name, source if isinstance(source, bytes) else source.encode(), problems, False)


def wrong(name: str, wire: Any, *problems: tuple[str, str]) -> Broken:
    return Broken(name, json.dumps(wire).encode(), problems, True)


def act(kind: str, *below: Any, **params: Any) -> dict[str, Any]:
    """An action in wire form; one child as an object, several as a list."""
    wire = {"actionType": kind, **params}
    return wire | ({"then": below[0] if len(below) == 1 else list(below)} if below else {})


def person(*below: Any, **params: Any) -> dict[str, Any]:
    return act("st.openPersonPage", *below, personUrl=PERSON, **params)


def nested(levels: int) -> str:
    return '{"actionType": "st.openPersonPage", "then": [' * levels + "]}" * levels


SSI = {"actionType": "st.retrieveSSI"}
SKILLS = {"actionType": "st.retrievePersonSkills"}

TEXTS = [
    unreadable("nothing at all", "", ("empty-text", "")),
    unreadable("only blanks", " \n\t ", ("empty-text", "")),
    unreadable("a sentence", "open the page of Ines", ("not-json", "")),
    unreadable("single quotes", "{'actionType': 'st.retrieveSSI'}", ("not-json", "")),
    unreadable("typographic quotes", "{“actionType”: “st.retrieveSSI”}", ("not-json", "")),
    unreadable("comma after the last", '{"actionType": "st.retrieveSSI",}', ("not-json", "")),
    unreadable("a comment", '// mine\n{"actionType": "st.retrieveSSI"}', ("not-json", "")),
    unreadable("cut off", '{"actionType": "st.retrieveSSI", "label": "mon', ("not-json", "")),
    unreadable("two workflows", json.dumps(SSI) * 2, ("not-json", "")),
    unreadable(
        "Python's True", '{"actionType": "st.openPost", "basicInfo": True}', ("not-json", "")
    ),
    unreadable(
        "Latin-1", '{"actionType": "x", "label": "Olá"}'.encode("latin-1"), ("wrong-encoding", "")
    ),
    unreadable("UTF-16", '{"actionType": "x"}'.encode("utf-16"), ("wrong-encoding", "")),
    unreadable(
        "UTF-32 without a mark", '{"actionType": "x"}'.encode("utf-32-le"), ("wrong-encoding", "")
    ),
    unreadable("bytes of a picture", b"\x89PNG\r\n\x1a\n\xff\xfe", ("wrong-encoding", "")),
    unreadable("more than 5 MB", "[" + " " * 5 * 1024 * 1024 + "]", ("too-large", "")),
    unreadable("10,000 deep", nested(10_000), ("too-deep", "")),
    unreadable("10,000 brackets never closed", "[" * 10_000, ("too-deep", "")),
    unreadable("201 levels of actions", nested(201), ("too-deep", "/then/0" * 199 + "/then")),
    unreadable(
        "2,500,000 numbers",
        "[" + "0," * 2_500_000 + "0]",
        *(("not-an-action", f"/{index}") for index in range(100)),
        ("more-problems", ""),
    ),
    unreadable("20,001 actions", json.dumps([SSI] * 20_001), ("too-many-actions", "/20000")),
]

STRUCTURES = [
    unreadable("null", "null", ("not-a-workflow", "")),
    unreadable("a text", '"st.retrieveSSI"', ("not-a-workflow", "")),
    unreadable("a list of types", '["st.retrieveSSI"]', ("not-an-action", "/0")),
    unreadable("a list in a list", json.dumps([[SSI]]), ("not-an-action", "/0")),
    unreadable("an envelope around it", json.dumps({"workflow": SSI}), ("missing-action-type", "")),
    unreadable(
        "type instead of actionType", '{"type": "st.retrieveSSI"}', ("missing-action-type", "")
    ),
    unreadable("actionType is a number", '{"actionType": 7}', ("wrong-action-type", "/actionType")),
    unreadable(
        "an endless actionType",
        json.dumps({"actionType": "s" * 101}),
        ("wrong-action-type", "/actionType"),
    ),
    unreadable("then is a type", json.dumps(person("st.retrieveSSI")), ("wrong-then", "/then")),
    unreadable("then is null", json.dumps(person() | {"then": None}), ("wrong-then", "/then")),
    unreadable(
        "then holds an empty object", json.dumps(person({})), ("missing-action-type", "/then")
    ),
    unreadable(
        "a number among children", json.dumps(person(SKILLS, 3)), ("not-an-action", "/then/1")
    ),
    unreadable(
        "NaN", '{"actionType": "st.searchPeople", "limit": NaN}', ("wrong-number", "/limit")
    ),
    unreadable(
        "a number beyond all", '{"actionType": "x", "limit": 1e999}', ("wrong-number", "/limit")
    ),
    unreadable(
        "5,000 digits",
        '{"actionType": "x", "limit": ' + "9" * 5000 + "}",
        ("wrong-number", "/limit"),
    ),
    unreadable(
        "two actionTypes", '{"actionType": "a", "actionType": "b"}', ("repeated-key", "/actionType")
    ),
    unreadable(
        "a field twice",
        '{"actionType": "st.searchPeople", "filter": {"position": "a", "position": "b"}}',
        ("repeated-key", "/filter/position"),
    ),
    unreadable(
        "half a character", r'{"actionType": "x", "text": "\ud83d"}', ("wrong-text", "/text")
    ),
    unreadable(
        "a NUL character", r'{"actionType": "x", "text": "a\u0000"}', ("wrong-text", "/text")
    ),
    unreadable(
        "a value 60 deep",
        json.dumps({"actionType": "x"})[:-1] + ', "p": ' + "[" * 60 + "]" * 60 + "}",
        ("too-deep", "/p" + "/0" * 50),
    ),
    unreadable(
        "three faults of structure",
        '[{"actionType": null}, 5, {"actionType": "a", "then": "b"}]',
        ("wrong-action-type", "/0/actionType"),
        ("not-an-action", "/1"),
        ("wrong-then", "/2/then"),
    ),
]

PLACES = [
    wrong("an empty list", [], ("empty-workflow", "")),
    wrong("an unknown action", act("st.openPersnPage"), ("unknown-action", "/actionType")),
    wrong("an action without its namespace", act("retrieveSSI"), ("unknown-action", "/actionType")),
    wrong(
        "an unknown child",
        person(act("st.retrieveHobbies")),
        ("unknown-action", "/then/actionType"),
    ),
    wrong("a child at the root", SKILLS, ("not-a-root", "")),
    wrong(
        "a loop at the root", act("st.doForPeople", act("st.openPersonPage")), ("not-a-root", "")
    ),
    wrong("a root without its address", act("st.openPersonPage"), ("root-needs", "/personUrl")),
    wrong("a root with neither of two", act("st.sendMessage", text="Hello"), ("root-needs", "")),
    wrong("one of several roots is wrong", [SSI, SKILLS], ("not-a-root", "/1")),
    wrong(
        "a child of another page", person(act("st.retrievePostComments")), ("wrong-parent", "/then")
    ),
    wrong("something below a leaf", act("st.retrieveSSI", SKILLS), ("no-children", "/then")),
    wrong(
        "the loop left out",
        act("st.searchCompanies", act("st.openCompanyPage"), term="cold chain"),
        ("wrong-parent", "/then"),
    ),
    wrong(
        "acting below a loop without opening",
        act("st.searchPeople", act("st.doForPeople", act("st.sendConnectionRequest"))),
        ("wrong-parent", "/then/then"),
    ),
    wrong(
        "a loop of the other namespace",
        act("nv.searchPeople", act("st.doForPeople", act("st.openPersonPage"))),
        ("wrong-parent", "/then"),
    ),
    wrong(
        "a page that does not open below itself",
        person(act("st.openPersonPage")),
        ("wrong-parent", "/then"),
    ),
]

PARAMETERS = [
    wrong(
        "an address below the loop",
        act("st.searchPeople", act("st.doForPeople", person())),
        ("forbidden", "/then/then/personUrl"),
    ),
    wrong(
        "an address below the open page",
        person(act("st.checkConnectionStatus", personUrl=PERSON)),
        ("forbidden", "/then/personUrl"),
    ),
    wrong("no text", act("st.sendMessage", personUrl=PERSON), ("missing", "/text")),
    wrong(
        "an empty text", act("st.sendMessage", personUrl=PERSON, text=""), ("too-short", "/text")
    ),
    wrong(
        "a note too long",
        act("st.sendConnectionRequest", personUrl=PERSON, note="x" * 301),
        ("too-long", "/note"),
    ),
    wrong("a limit in words", act("st.searchPeople", limit="ten"), ("wrong-type", "/limit")),
    wrong("half a person", act("st.searchPeople", limit=2.5), ("wrong-type", "/limit")),
    wrong("a limit of zero", act("st.searchPeople", limit=0), ("too-small", "/limit")),
    wrong("a limit beyond the most", act("st.searchPeople", limit=1001), ("too-big", "/limit")),
    wrong(
        "a limit beyond the most with children",
        act("st.searchPosts", act("st.doForPosts", act("st.openPost")), term="rail", limit=50),
        ("too-big", "/limit"),
    ),
    wrong("yes for true", person(basicInfo="yes"), ("wrong-type", "/basicInfo")),
    wrong("null for nothing", person(basicInfo=None), ("wrong-type", "/basicInfo")),
    wrong(
        "an unknown reaction",
        act("st.reactToPost", postUrl=POST, type="thumbsUp"),
        ("wrong-choice", "/type"),
    ),
    wrong(
        "a company for a person",
        act("st.openPersonPage", personUrl=COMPANY),
        ("wrong-format", "/personUrl"),
    ),
    wrong(
        "an address without https",
        act("st.openPersonPage", personUrl="linkedin.com/in/ines"),
        ("wrong-format", "/personUrl"),
    ),
    wrong(
        "an address made to be slow to check",
        act(
            "st.createPost",
            text="x",
            attachments=[{"url": "https://" + "a." * 400_000 + " ", "type": "image"}],
        ),
        ("wrong-format", "/attachments/0/url"),
    ),
    wrong(
        "an e-mail address made to be slow to check",
        act("st.sendConnectionRequest", personUrl=PERSON, email="a@" + "a." * 400_000 + " "),
        ("wrong-format", "/email"),
    ),
    wrong("no date", act("st.retrieveConnections", since="last week"), ("wrong-format", "/since")),
    wrong("a filter as a list", act("st.searchPeople", filter=[]), ("wrong-type", "/filter")),
    wrong(
        "one place for a list",
        act("st.searchPeople", filter={"locations": "Oslo"}),
        ("wrong-type", "/filter/locations"),
    ),
    wrong(
        "a number among places",
        act("st.searchPeople", filter={"locations": ["Oslo", 5]}),
        ("wrong-type", "/filter/locations/1"),
    ),
    wrong(
        "an unknown size",
        act("st.searchCompanies", filter={"sizes": ["huge"]}),
        ("wrong-choice", "/filter/sizes/0"),
    ),
    wrong(
        "a person without a name",
        act("st.searchPosts", term="rail", filter={"fromMembers": [{"id": "x"}]}),
        ("missing", "/filter/fromMembers/0/name"),
    ),
    wrong("neither words nor address", act("st.searchPosts"), ("term-or-address", "")),
    wrong(
        "two filters that exclude each other",
        act("st.searchJobs", filter={}, preferences={}),
        ("filter-or-preferences", ""),
    ),
    wrong(
        "since with a filter",
        act("st.retrieveConnections", since="2026-11-16", filter={}),
        ("since-without-filter", ""),
    ),
    wrong(
        "the address of another kind of invitation",
        act("st.acceptInvitation", invitationType="connect", companyUrl=COMPANY),
        ("invitation-target", ""),
    ),
    wrong(
        "ten pictures",
        act(
            "st.createPost",
            text="x",
            attachments=[
                {"url": f"https://files.example.com/{number}.png", "type": "image"}
                for number in range(10)
            ],
        ),
        ("too-long", "/attachments"),
    ),
    wrong(
        "a picture and a video",
        act(
            "st.createPost",
            text="x",
            attachments=[
                {"url": "https://files.example.com/1.png", "type": "image"},
                {"url": "https://files.example.com/1.mp4", "type": "video"},
            ],
        ),
        ("attachments-one-kind", "/attachments"),
    ),
    wrong(
        "a mention of nobody", act("st.createPost", text="Hello @[oda]"), ("mention-keys", "/text")
    ),
    wrong("a label that is a number", act("st.retrieveSSI", label=7), ("label-not-text", "/label")),
    wrong(
        "an unknown name for a required one",
        act("st.commentOnPost", postUrl=POST, txt="Well said."),
        ("missing", "/text"),
        ("unknown-parameter", "/txt"),
    ),
    wrong(
        "everything at once",
        [
            act(
                "st.openPersonPage", act("st.openPersonPage", SKILLS, personUrl=PERSON), label=None
            ),
            act("st.searchPeople", act("st.doForPeople"), limit="5", filter={"positon": "CFO"}),
            act("st.nothing"),
        ],
        ("root-needs", "/0/personUrl"),
        ("label-not-text", "/0/label"),
        ("wrong-parent", "/0/then"),
        ("forbidden", "/0/then/personUrl"),
        ("wrong-type", "/1/limit"),
        ("unknown-parameter", "/1/filter/positon"),
        ("empty-loop", "/1/then"),
        ("unknown-action", "/2/actionType"),
    ),
]

BROKEN: list[Broken] = [*TEXTS, *STRUCTURES, *PLACES, *PARAMETERS]
