"""What each action answers when it succeeds: one table, and the fields that the catalogue documents.

A maker gives whole entities (everything known of a person, a post ...); `project` keeps the documented
fields. An action without a maker, which only an override of the catalogue can bring, gets values
invented from its documented fields alone.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from editor.catalog import ActionType, ResultField
from editor.sandbox import content, words, world
from editor.sandbox.dice import pick, roll
from editor.sandbox.world import LINKEDIN, Entity

DEFAULT_RESULTS = 10
"""How many items a list has unless the action or the account says otherwise."""

# Parameters that name what an action is about, the winner first when several are given.
TARGETS: Mapping[str, Callable[[str], Entity]] = {
    "threadId": content.person_in_thread,
    "postUrl": content.post_at,
    "postUrn": content.post_at,
    "commentUrl": content.post_at,
    "jobUrl": content.job_at,
    "personHashedUrl": world.person_at,
    "personUrl": world.person_at,
    "companyHashedUrl": world.company_at,
    "companyUrl": world.company_at,
}


@dataclass(frozen=True, slots=True)
class Scene:
    """What an action sees when it runs.

    `subject` is what it is about: named by its own parameters, else the page or list item above it.
    `most` is the greatest number of items of a list; `own` is the slug of the account's own profile.
    """

    action: ActionType
    params: Mapping[str, Any]
    subject: Entity
    at: datetime
    most: int
    own: str

    @property
    def count(self) -> int:
        """How many items are asked for, by the parameter or its default, up to `most`."""
        limit = self.action.parameter("limit")
        asked = self.params.get("limit", limit.default if limit else None)
        return self.most if asked is None else min(int(asked), self.most)


def subject_of(action: ActionType, params: Mapping[str, Any], above: Entity) -> Entity:
    """What the action is about. Only parameters count with which the action may start a workflow:
    the `companyUrl` of a reaction says who reacts, not to what."""
    named = {name for names in action.root.any_of for name in names}
    for name, find in TARGETS.items():
        if name in named and isinstance(params.get(name), str):
            return find(params[name])
    return above


def make(scene: Scene) -> Any:
    """The `data` of a success without children: a dict, a list of (row, entity) or None for no data.

    An opening action without `basicInfo` only visits: its data is empty, and holds just `then` later.
    """
    action = scene.action
    fields = action.result.fields
    if action.result.shape in ("none", "loop"):
        return None
    if action.result.shape == "array":
        items = MAKERS[action.type](scene) if action.type in MAKERS else _invent_list(scene)
        return [(project(fields, item), item) for item in items]
    if action.kind == "open" and not scene.params.get("basicInfo", False):
        return {}
    entity = MAKERS[action.type](scene) if action.type in MAKERS else _invented(fields, scene)
    return project(fields, entity)


def project(fields: Sequence[ResultField], entity: Entity) -> dict[str, Any]:
    """The documented fields of an entity. A field that the entity lacks belongs to another variant of
    the item (an invitation to connect has no company) and is left out."""
    row: dict[str, Any] = {}
    for field in fields:
        if field.name in entity:
            value = entity[field.name]
            if field.fields and isinstance(value, Mapping):
                value = project(field.fields, value)
            row[field.name] = list(value) if isinstance(value, list) else value
    return row


# --- The account's own lists -------------------------------------------------------------------


def _connection_status(scene: Scene) -> Entity:
    slug = scene.subject["slug"]
    if scene.subject["viewerState"]["connectionDegree"] == "1st":
        return {"connectionStatus": "connected"}
    states = ("notConnected", "notConnected", "notConnected", "pending", "incoming")
    return {"connectionStatus": pick(states, "status", slug)}


def _sync(scene: Scene) -> Entity:
    days = scene.action.parameter("days")
    span = scene.params.get("days", days.default if days else None) or 30
    return {"syncUntil": content.stamp(scene.at + timedelta(days=span))}


def _pending_requests(scene: Scene) -> list[Entity]:
    ages = ("3 days ago", "1 week ago", "2 weeks ago", "1 month ago")
    waiting = world.people({}, min(scene.count, 6), "pending", scene.own)
    return [{**who, "sentTime": ages[min(i, 3)]} for i, who in enumerate(waiting)]


def _connections(scene: Scene) -> list[Entity]:
    """Without a filter each says when the connection was made, with one where the person lives."""
    wanted = scene.params.get("filter") or {}
    found = world.people(
        {"filter": {**wanted, "connectionDegrees": ["1st"]}}, scene.count, scene.own
    )
    if wanted:
        return [{**who, "connectedAt": None} for who in found]
    start = content.moment(scene.params.get("since"))
    days = [(scene.at - timedelta(days=2 + 5 * index)).date() for index in range(len(found))]
    return [
        {**who, "location": None, "connectedAt": day.isoformat()}
        for who, day in zip(found, days, strict=True)
        if start is None or day >= start.date()
    ]


def _invitations(scene: Scene) -> list[Entity]:
    """One of each kind; each item carries only the fields of its kind (official SDK)."""
    asking = world.people({}, 3, "invitations", scene.own)
    common = [{key: who[key] for key in ("name", "urn", "publicUrl")} for who in asking]
    company = world.company(str(asking[1]["companySlug"]))
    title = pick(words.NEWSLETTERS, scene.own)
    newsletter = f"{LINKEDIN}/newsletters/{title.lower().replace(' ', '-')}-7000000000000000003"
    return [
        {
            "invitationType": "connect",
            **common[0],
            "headline": asking[0]["headline"],
            "note": pick((None, "Hello, I liked your talk."), "note", scene.own),
        },
        {
            "invitationType": "companyFollow",
            **common[1],
            "companyUrl": company["publicUrl"],
            "companyName": company["name"],
        },
        {
            "invitationType": "newsletterSubscribe",
            **common[2],
            "newsletterUrl": newsletter,
            "newsletterName": title,
        },
    ]


def _viewers(scene: Scene) -> list[Entity]:
    """Every fourth viewer is hidden; each item carries only the fields of its kind (official SDK)."""
    start = content.moment(scene.params.get("since"))
    found: list[Entity] = []
    for index, who in enumerate(world.people({}, scene.count, "viewers", scene.own)):
        seen = scene.at - timedelta(days=index, hours=3)
        if start and seen < start:
            continue
        when = {"viewedAt": content.stamp(seen), "viewedAgo": f"{index}d" if index else "3h"}
        words_of = str(who["industry"])
        found.append(
            {
                "viewerType": "anonymous",
                **when,
                "description": f"Someone in {words_of}",
                "searchUrl": f"{LINKEDIN}/search/results/people/?keywords={words_of.split()[0]}",
            }
            if index % 4 == 3
            else {
                "viewerType": "identified",
                **when,
                **{
                    key: who[key]
                    for key in (
                        "name",
                        "publicUrl",
                        "urn",
                        "headline",
                        "connectionDegree",
                        "avatarUrl",
                    )
                },
            }
        )
    return found


def _ssi(scene: Scene) -> Entity:
    return {
        "ssi": 40 + roll(45, "ssi", scene.own),
        "industryTop": 1 + roll(30, "industry", scene.own),
        "networkTop": 1 + roll(40, "network", scene.own),
    }


def _performance(scene: Scene) -> Entity:
    week = scene.at.isocalendar()[:2]
    return {
        "followersCount": 300 + roll(2_000, "followers", scene.own),
        "postViewsLast7Days": roll(4_000, "views", scene.own, week),
        "profileViewsLast90Days": 50 + roll(400, "profile", scene.own, week),
        "searchAppearancesPreviousWeek": roll(90, "search", scene.own, week),
    }


# --- The table ---------------------------------------------------------------------------------

Maker = Callable[[Scene], Any]


def _subject(scene: Scene) -> Entity:
    return scene.subject


def _commented(scene: Scene) -> Entity:
    return content.new_comment(scene.subject, scene.at, scene.own, scene.params.get("text"))


def _posted(scene: Scene) -> Entity:
    return content.new_post(scene.at, scene.own, sorted(scene.params.items(), key=str))


MAKERS: Mapping[str, Maker] = {
    "st.openPersonPage": _subject,
    "nv.openPersonPage": _subject,
    "st.openCompanyPage": _subject,
    "nv.openCompanyPage": _subject,
    "st.openPost": _subject,
    "st.openJob": _subject,
    "st.retrievePersonExperience": lambda s: world.experience(s.subject),
    "st.retrievePersonEducation": lambda s: world.education(s.subject),
    "st.retrievePersonSkills": lambda s: world.skills(s.subject),
    "st.retrievePersonLanguages": lambda s: world.languages(s.subject),
    "st.retrievePersonPosts": lambda s: _posts(s),
    "st.retrievePersonComments": lambda s: content.comments_by(
        s.subject, s.at, s.count, s.params.get("since")
    ),
    "st.retrievePersonReactions": lambda s: content.reactions_by(
        s.subject, s.at, s.count, s.params.get("since")
    ),
    "st.retrieveCompanyEmployees": lambda s: world.employees(s.subject, s.params, s.count),
    "nv.retrieveCompanyEmployees": lambda s: world.employees(s.subject, s.params, s.count),
    "st.retrieveCompanyDMs": lambda s: world.decision_makers(s.subject, s.count),
    "nv.retrieveCompanyDMs": lambda s: world.decision_makers(s.subject, s.count),
    "st.retrieveCompanyPosts": lambda s: _posts(s),
    "st.retrievePostComments": lambda s: content.comments_on(
        s.subject, s.count, s.params.get("replies", False)
    ),
    "st.retrievePostReactions": lambda s: content.reactions_on(s.subject, s.count),
    "st.retrieveFeed": lambda s: content.posts_about({"term": f"feed of {s.own}"}, s.at, s.count),
    "st.searchPeople": lambda s: world.people(s.params, s.count),
    "nv.searchPeople": lambda s: world.people(s.params, s.count),
    "st.searchCompanies": lambda s: world.companies(s.params, s.count),
    "nv.searchCompanies": lambda s: world.companies(s.params, s.count),
    "st.searchJobs": lambda s: content.jobs(s.params, s.count),
    "st.searchPosts": lambda s: content.posts_about(s.params, s.at, s.count),
    "st.commentOnPost": _commented,
    "st.replyToComment": _commented,
    "st.createPost": _posted,
    "st.createRepost": _posted,
    "st.checkConnectionStatus": _connection_status,
    "st.syncConversation": _sync,
    "nv.syncConversation": _sync,
    "st.retrievePendingRequests": _pending_requests,
    "st.retrieveInvitations": _invitations,
    "st.retrieveConnections": _connections,
    "st.retrieveSSI": _ssi,
    "st.retrievePerformance": _performance,
    "st.retrieveProfileViewers": _viewers,
}


def _posts(scene: Scene) -> list[Entity]:
    return content.posts_of(scene.subject, scene.at, scene.count, scene.params.get("since"))


# --- Actions that only an override of the catalogue knows --------------------------------------

_INVENTED: Mapping[str, Callable[[ResultField, str], Any]] = {
    "text": lambda field, seed: f"{field.name} {roll(1000, seed)}",
    "texts": lambda field, seed: [f"{field.name} {roll(1000, seed)}"],
    "integer": lambda field, seed: roll(1000, seed),
    "number": lambda field, seed: roll(1000, seed) / 10,
    "boolean": lambda field, seed: bool(roll(2, seed)),
    "choice": lambda field, seed: pick(field.choices, seed),
}


def _invented(fields: Sequence[ResultField], scene: Scene, *about: object) -> Entity:
    seed = f"{scene.action.type} {sorted(scene.params.items(), key=str)} {about}"
    return {
        field.name: _invented(field.fields, scene, *about, field.name)
        if field.kind == "object"
        else content.stamp(scene.at)
        if field.format == "date-time"
        else _INVENTED[field.kind](field, f"{seed} {field.name}")
        for field in fields
    }


def _invent_list(scene: Scene) -> list[Entity]:
    return [
        _invented(scene.action.result.fields, scene, index) for index in range(min(scene.count, 3))
    ]
