"""Who gets which answer at which address: one row per method and URL pattern of the project.

A new URL needs a row here, or `test_urls.py` fails. A row is

    Row(method, route, answers, data={...}, fill={...})

`route` is the pattern as `urls.py` writes it. `answers` gives the expected status for each of `READERS`:

    everybody(200)              no matter who asks
    signed_in(200)              for anyone with an account; others go to the sign-in page
    at_least(Role.BUILDER, 200) members of Ann's team from that role up; 403 below it, 404 for strangers

`data` is what a POST sends. What stands in for a placeholder of the route (`<str:workflow>`) or of the data
("{node}") stands in the row's `fill`, or is made by the functions in FILL: each gets Ann and returns the text.
Rows are independent: what a request changes is rolled back.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from accounts import inviting
from accounts.models import Connection, Invitation, Membership, Role
from editor.library import services as library
from editor.library.models import Template
from editor.outgoing import services as outgoing
from editor.outgoing.models import Delivery, Endpoint
from editor.review.models import SavedFilter
from editor.runs import services as runs
from editor.runs.batches import reading
from editor.runs.batches import services as batching
from editor.runs.models import Batch, Run, Schedule
from editor.runs.schedules import services as schedules
from editor.workflows import services as workflows
from editor.workflows.edits import shelving
from editor.workflows.models import Node, Workflow
from tests.people import Person

READERS = ("nobody", "eve", "vic", "rae", "bob", "ada", "ann")
MEMBERS = {
    "vic": Role.VIEWER,
    "rae": Role.RUNNER,
    "bob": Role.BUILDER,
    "ada": Role.ADMIN,
    "ann": Role.OWNER,
}
TO_SIGN_IN = 302


@dataclass(frozen=True)
class Row:
    method: str
    route: str
    answers: Mapping[str, int]
    data: Mapping[str, Any] = field(default_factory=dict)
    fill: Mapping[str, str] = field(default_factory=dict)  # goes before FILL

    def __str__(self) -> str:
        return f"{self.method} {self.route}"


def everybody(status: int) -> dict[str, int]:
    return dict.fromkeys(READERS, status)


def signed_in(status: int) -> dict[str, int]:
    return everybody(status) | {"nobody": TO_SIGN_IN}


def at_least(role: Role, status: int) -> dict[str, int]:
    members = {name: status if held.covers(role) else 403 for name, held in MEMBERS.items()}
    return {"nobody": TO_SIGN_IN, "eve": 404} | members


# --- What stands in for the placeholders -------------------------------------------------------

FILL: dict[str, Callable[[Person], str]] = {
    "slug": lambda ann: ann.team.slug,
    "member": lambda ann: Membership.objects.get(team=ann.team, user__name="Vic").public_id,
    "invitation": lambda ann: an_invitation(ann).public_id,
    "token": lambda ann: "made-up",
    "session": lambda ann: "1",
    "pk": lambda ann: "1",
    "connection": lambda ann: Connection.objects.get(team=ann.team).public_id,
    "language": lambda ann: "curl",
    "action_type": lambda ann: "st.openPersonPage",
    "key": lambda ann: "made-up",
    "uidb36": lambda ann: "1",
    "workflow": lambda ann: a_workflow(ann).public_id,
    "number": lambda ann: "1",
    "node": lambda ann: Node.objects.get(workflow__team=ann.team, parent=None).id,
    "run": lambda ann: a_run(ann).public_id,
    "other": lambda ann: a_run(ann).public_id,
    "batch": lambda ann: a_batch(ann).public_id,
    "schedule": lambda ann: a_schedule(ann).public_id,
    "saved": lambda ann: a_list(ann).public_id,
    "folder": lambda ann: shelving.create_folder(ann.team, actor=ann.user, name="F").public_id,
    "template": lambda ann: a_template(ann).public_id,
    "link": lambda ann: "made-up",
    "endpoint": lambda ann: an_endpoint(ann).public_id,
    "delivery": lambda ann: a_delivery(ann).public_id,
    "remote_id": lambda ann: "made-up",
    "session_id": lambda ann: "made-up",
    "name": lambda ann: "made-up",
    "rest": lambda ann: "made-up",
}

OPEN_A_PAGE = '{"actionType": "st.openPersonPage", "personUrl": "https://www.linkedin.com/in/ada"}'


def an_invitation(ann: Person) -> Invitation:
    return inviting.invite(team=ann.team, actor=ann.user, role=Role.RUNNER)[0]


def a_workflow(ann: Person) -> Workflow:
    """With one version, that of now."""
    made = workflows.import_wire(ann.team, actor=ann.user, name="One page", source=OPEN_A_PAGE)
    workflows.snapshot(made, actor=ann.user, reason="named")
    return made


def a_run(ann: Person) -> Run:
    """Queued; no worker runs in this test."""
    connection = Connection.objects.get(team=ann.team)
    return runs.start_run(
        a_workflow(ann), connection=connection, actor=ann.user, submit_key="made-for-the-table"
    )


def a_batch(ann: Person) -> Batch:
    """A draft with one row."""
    source = OPEN_A_PAGE.replace("https://www.linkedin.com/in/ada", "{{ person }}")
    made = workflows.import_wire(ann.team, actor=ann.user, name="Many pages", source=source)
    workflows.declare_input(made, "person", "url", actor=ann.user)
    return batching.create(
        made,
        connection=Connection.objects.get(team=ann.team),
        actor=ann.user,
        lines=reading.read_text("https://www.linkedin.com/in/ada"),
    )


def a_schedule(ann: Person) -> Schedule:
    """Of a workflow that only reads, every day."""
    wanted = schedules.Wanted(
        Connection.objects.get(team=ann.team), "0 9 * * *", "UTC", {}, "", "skip", True
    )
    return schedules.make(
        a_workflow(ann), owner=ann.user, made_key="made", wanted=wanted, now=timezone.now()
    )


def a_template(ann: Person) -> Template:
    """Of Ann's team alone."""
    about = {"title": "One page", "summary": "Opens it.", "category": "people"}
    version = library.publish(a_workflow(ann), actor=ann.user, about=about, visibility="team")
    return version.template


def an_endpoint(ann: Person) -> Endpoint:
    wanted = outgoing.Wanted("https://hooks.example.com/t", "CRM", ["run.finished"])
    return outgoing.create(ann.team, actor=ann.user, wanted=wanted, made_key="made")[0]


def a_delivery(ann: Person) -> Delivery:
    return outgoing.send_test(an_endpoint(ann), timezone.now())


def a_list(ann: Person) -> SavedFilter:
    """Kept by Ann for the team."""
    return SavedFilter.objects.create(
        team=ann.team, owner=ann.user, name="Failed", query="state=failed", shared=True
    )


# --- The rows, room by room --------------------------------------------------------------------

WIRING = [
    Row("GET", "", signed_in(302)),
    Row("GET", "healthz", everybody(200)),
    Row("GET", "metrics", everybody(404)),  # off by default
    Row("GET", "readyz", everybody(503)),  # no worker runs in this test
]

SIGNING_IN = [
    Row("GET", "accounts/login/", signed_in(302) | {"nobody": 200}),
    Row("POST", "accounts/login/", signed_in(302) | {"nobody": 200}),
    Row("GET", "accounts/signup/", signed_in(302) | {"nobody": 200}),
    Row("GET", "accounts/logout/", signed_in(200)),
    Row("POST", "accounts/logout/", everybody(302)),
    Row("GET", "accounts/inactive/", everybody(200)),
    Row("GET", "accounts/reauthenticate/", signed_in(200)),
    Row("GET", "accounts/email/", signed_in(200)),
    Row("GET", "accounts/confirm-email/", everybody(200)),
    Row("GET", r"accounts/^confirm-email/(?P<key>[-:\w]+)/$", everybody(200)),
    Row("GET", "accounts/password/change/", signed_in(200)),
    Row("GET", "accounts/password/set/", signed_in(302)),
    Row("GET", "accounts/password/reset/", everybody(200)),
    Row("GET", "accounts/password/reset/done/", everybody(200)),
    Row(
        "GET",
        r"accounts/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        everybody(200),
    ),
    Row("GET", "accounts/password/reset/key/done/", everybody(200)),
    Row("GET", "accounts/login/code/confirm/", everybody(302)),
    Row("GET", "accounts/2fa/", signed_in(200)),
    Row("GET", "accounts/2fa/authenticate/", everybody(302)),  # only in the middle of signing in
    Row("GET", "accounts/2fa/reauthenticate/", signed_in(302)),  # nobody has a second step yet
    Row("GET", "accounts/2fa/totp/activate/", signed_in(302)),  # asks who it is first
    Row("GET", "accounts/2fa/totp/deactivate/", signed_in(404)),
    Row("GET", "accounts/2fa/recovery-codes/", signed_in(404)),
    Row("GET", "accounts/2fa/recovery-codes/generate/", signed_in(302)),
    Row("GET", "accounts/2fa/recovery-codes/download/", signed_in(404)),
    Row("GET", "accounts/2fa/webauthn/", signed_in(200)),
    Row("GET", "accounts/2fa/webauthn/add/", signed_in(302)),
    Row("GET", "accounts/2fa/webauthn/reauthenticate/", signed_in(302)),
    Row("GET", "accounts/2fa/webauthn/keys/<int:pk>/remove/", signed_in(302)),
    Row("GET", "accounts/2fa/webauthn/keys/<int:pk>/edit/", signed_in(302)),
    Row("GET", "accounts/2fa/webauthn/login/", everybody(302)),
    Row("GET", "accounts/sessions/", signed_in(200)),
    Row("POST", "accounts/sessions/", signed_in(302)),
]

TEAM = "t/<slug:slug>/team"
CONNECTION = f"{TEAM}/connections/<str:connection>"
TOKENS = {"linked_api_token": "linked_12345678", "identification_token": "id_12345678"}

ACCOUNTS = [
    Row("GET", "profile", signed_in(200)),
    Row("POST", "profile", signed_in(302), {"name": "N", "time_zone": "UTC", "theme": "dark"}),
    Row("POST", "profile/theme", signed_in(204), {"theme": "dark"}),
    Row("POST", "profile/sessions/<int:session>/end", signed_in(404)),  # none of theirs
    Row("GET", "profile/deactivate", signed_in(302)),  # asks who it is first
    Row("POST", "profile/deactivate", signed_in(302)),
    Row("GET", "teams/new", signed_in(200)),
    Row("POST", "teams/new", signed_in(302), {"name": "Another"}),
    Row("GET", TEAM, at_least(Role.VIEWER, 200)),
    Row("GET", f"{TEAM}/name", at_least(Role.ADMIN, 200)),
    Row("POST", f"{TEAM}/name", at_least(Role.ADMIN, 302), {"name": "Another"}),
    Row("POST", f"{TEAM}/people/<str:member>/role", at_least(Role.ADMIN, 302), {"role": "runner"}),
    # Vic may leave; it is Vic's seat that the row is about.
    Row("POST", f"{TEAM}/people/<str:member>/remove", at_least(Role.ADMIN, 302) | {"vic": 302}),
    Row("POST", f"{TEAM}/people/<str:member>/own", at_least(Role.OWNER, 302)),
    Row("GET", f"{TEAM}/audit", at_least(Role.ADMIN, 200)),
    Row("GET", f"{TEAM}/audit/export", at_least(Role.ADMIN, 200)),
    Row("GET", f"{TEAM}/invite", at_least(Role.ADMIN, 200)),
    Row("POST", f"{TEAM}/invite", at_least(Role.ADMIN, 200), {"role": "runner"}),
    Row("POST", f"{TEAM}/invitations/<str:invitation>/renew", at_least(Role.ADMIN, 200)),
    Row("POST", f"{TEAM}/invitations/<str:invitation>/revoke", at_least(Role.ADMIN, 302)),
    # Whoever comes without an invitation finds none.
    Row("GET", "join", everybody(404)),
    Row("POST", "join", everybody(404)),
    Row("POST", "join/switch", signed_in(302)),
    Row("GET", "join/<str:token>", everybody(302)),
    Row("GET", f"{TEAM}/connections/new", at_least(Role.ADMIN, 200)),
    Row("POST", f"{TEAM}/connections/new", at_least(Role.ADMIN, 302), {"name": "C"} | TOKENS),
    Row("GET", f"{TEAM}/connections/new/sandbox", at_least(Role.ADMIN, 200)),
    Row("POST", f"{TEAM}/connections/new/sandbox", at_least(Role.ADMIN, 302), {"name": "C"}),
    Row("GET", CONNECTION, at_least(Role.ADMIN, 200)),
    Row("POST", f"{CONNECTION}/name", at_least(Role.ADMIN, 302), {"name": "C"}),
    Row(
        "POST", f"{CONNECTION}/tokens", at_least(Role.ADMIN, 404), TOKENS
    ),  # a sandbox keeps its own
    Row("POST", f"{CONNECTION}/use", at_least(Role.ADMIN, 302), {"least_role": "admin"}),
    Row("POST", f"{CONNECTION}/test", at_least(Role.ADMIN, 302)),
    Row("POST", f"{CONNECTION}/reconnect", at_least(Role.ADMIN, 302)),  # nobody answers here
    Row("POST", f"{CONNECTION}/delete", at_least(Role.ADMIN, 302)),
]

CATALOGUE = [
    Row("GET", "actions", signed_in(200)),
    Row("GET", "actions/hints.json", signed_in(200)),
    Row("GET", "actions/<str:action_type>", signed_in(200)),
]

WORKFLOWS_URL = "t/<slug:slug>/workflows"
WORKFLOW = f"{WORKFLOWS_URL}/<str:workflow>"
FOLDERS = "t/<slug:slug>/folders"

WORKFLOWS = [
    Row("GET", WORKFLOWS_URL, at_least(Role.VIEWER, 200)),
    Row("POST", f"{WORKFLOWS_URL}/new", at_least(Role.BUILDER, 302), {"name": "New"}),
    Row("GET", f"{WORKFLOWS_URL}/import", at_least(Role.BUILDER, 200)),
    Row(
        "POST",
        f"{WORKFLOWS_URL}/import",
        at_least(Role.BUILDER, 302),
        {"text": "[]", "do": "import"},
    ),
    Row("GET", f"{WORKFLOWS_URL}/table.json", at_least(Role.VIEWER, 200)),
    Row("GET", WORKFLOW, at_least(Role.VIEWER, 200)),
    Row("GET", f"{WORKFLOW}/tree", at_least(Role.VIEWER, 200)),
    Row("GET", f"{WORKFLOW}/changes", at_least(Role.VIEWER, 400)),  # says which revision it wants
    Row("GET", f"{WORKFLOW}/inspector/<str:node>", at_least(Role.VIEWER, 200)),
    Row("POST", f"{WORKFLOW}/clip", at_least(Role.VIEWER, 200), {"node": "{node}"}),
    Row("POST", f"{WORKFLOW}/fits", at_least(Role.BUILDER, 200), {"text": "[]"}),
    Row("GET", f"{WORKFLOW}/tray", at_least(Role.VIEWER, 200)),
    Row("GET", f"{WORKFLOW}/refusal", at_least(Role.VIEWER, 200)),
    Row("GET", f"{WORKFLOW}/find", at_least(Role.VIEWER, 200)),
    Row("GET", f"{WORKFLOW}/problems", at_least(Role.VIEWER, 200)),
    Row("GET", f"{WORKFLOW}/versions", at_least(Role.VIEWER, 200)),
    Row("GET", f"{WORKFLOW}/versions/edits", at_least(Role.VIEWER, 200)),
    Row("POST", f"{WORKFLOW}/versions/name", at_least(Role.BUILDER, 204), {"name": "First"}),
    Row("GET", f"{WORKFLOW}/versions/<int:number>", at_least(Role.VIEWER, 200)),
    Row("POST", f"{WORKFLOW}/versions/<int:number>/name", at_least(Role.BUILDER, 204)),
    # Nothing has changed since that version.
    Row("POST", f"{WORKFLOW}/versions/<int:number>/restore", at_least(Role.BUILDER, 422)),
    Row(
        "POST",
        f"{WORKFLOW}/versions/<int:number>/take",
        at_least(Role.BUILDER, 422),
        {"base": "0", "node": "made-up"},
    ),
    Row("GET", f"{WORKFLOW}/columns", at_least(Role.VIEWER, 200)),
    Row("GET", f"{WORKFLOW}/inputs", at_least(Role.VIEWER, 200)),
    Row("GET", f"{WORKFLOW}/inputs/menu", at_least(Role.BUILDER, 404)),  # says whose menu it wants
    Row("GET", f"{WORKFLOW}/json", at_least(Role.VIEWER, 200)),
    Row("GET", f"{WORKFLOW}/code/<slug:language>", at_least(Role.VIEWER, 200)),
    Row("GET", f"{WORKFLOW}/effects", at_least(Role.VIEWER, 200)),
    Row("GET", f"{WORKFLOW}/shelf", at_least(Role.BUILDER, 200)),
    Row("POST", f"{WORKFLOW}/folder", at_least(Role.BUILDER, 302), {"folder": "{folder}"}),
    Row("POST", f"{WORKFLOW}/tags", at_least(Role.BUILDER, 302), {"tag": "weekly"}),
    Row("GET", f"{WORKFLOW}/send", at_least(Role.BUILDER, 200)),
    Row("POST", f"{WORKFLOW}/send", at_least(Role.BUILDER, 302), {"team": "{slug}"}),
    Row("POST", FOLDERS, at_least(Role.BUILDER, 302), {"name": "Leads"}),
    Row("POST", f"{FOLDERS}/<str:folder>", at_least(Role.BUILDER, 302), {"name": "Leads"}),
    Row("POST", f"{FOLDERS}/<str:folder>/delete", at_least(Role.BUILDER, 302)),
    Row("GET", f"{WORKFLOW}/export", at_least(Role.VIEWER, 200)),
    Row("POST", f"{WORKFLOW}/rename", at_least(Role.BUILDER, 302), {"name": "Renamed"}),
    Row("POST", f"{WORKFLOW}/archive", at_least(Role.BUILDER, 302)),
    Row("POST", f"{WORKFLOW}/restore", at_least(Role.BUILDER, 302)),
    Row("POST", f"{WORKFLOW}/delete", at_least(Role.BUILDER, 302)),
    Row(
        "POST",
        f"{WORKFLOW}/edit/<slug:verb>",
        at_least(Role.BUILDER, 200),
        {"base": "1", "node": "{node}", "label": "first"},
        fill={"verb": "label"},
    ),
]

RUNS_URL = "t/<slug:slug>/runs"
RUN = f"{RUNS_URL}/<str:run>"

BATCH = "t/<slug:slug>/batches/<str:batch>"
ONE_ROW = {"text": "https://www.linkedin.com/in/ada", "connection": "{connection}"}

RUNS = [
    Row("GET", f"{WORKFLOW}/batch", at_least(Role.RUNNER, 200)),
    # A workflow without inputs is the same for all rows.
    Row("POST", f"{WORKFLOW}/batch", at_least(Role.RUNNER, 422), ONE_ROW),
    Row("GET", BATCH, at_least(Role.VIEWER, 200)),
    Row("GET", f"{BATCH}/live", at_least(Role.VIEWER, 200)),
    Row("POST", f"{BATCH}/do/<slug:verb>", at_least(Role.RUNNER, 302), fill={"verb": "start"}),
    Row(
        "POST",
        f"{BATCH}/rows/<int:number>/<slug:verb>",
        at_least(Role.RUNNER, 302),
        fill={"verb": "skip"},
    ),
    Row("POST", f"{WORKFLOW}/run/plan", at_least(Role.RUNNER, 200)),
    Row("GET", f"{WORKFLOW}/run", at_least(Role.RUNNER, 200)),
    Row(
        "POST",
        f"{WORKFLOW}/run",
        at_least(Role.RUNNER, 302),
        {"submit_key": "key", "connection": "{connection}"},
    ),
    Row("GET", f"{TEAM}/keeping", at_least(Role.VIEWER, 200)),
    Row("POST", f"{TEAM}/keeping", at_least(Role.ADMIN, 302), {"days": "30"}),
    Row("GET", f"{TEAM}/acts", at_least(Role.VIEWER, 200)),
    Row("POST", f"{TEAM}/acts", at_least(Role.ADMIN, 302), {"acts_for": "builder"}),
    Row("GET", f"{TEAM}/privacy", at_least(Role.VIEWER, 200)),
    Row(
        "POST",
        f"{TEAM}/privacy",
        at_least(Role.ADMIN, 302),
        {"messages_for": "builder", "emails_for": "admin", "uncover_for": "owner"},
    ),
    Row(
        "POST",
        "t/<slug:slug>/runs/<str:run>/uncover",
        at_least(Role.ADMIN, 302),
        {"reason": "Asked by legal"},
    ),
    Row("GET", RUNS_URL, at_least(Role.VIEWER, 200)),
    Row("GET", RUN, at_least(Role.VIEWER, 200)),
    Row("GET", f"{RUN}/live", at_least(Role.VIEWER, 200)),
    Row("GET", f"{RUN}/nodes/<str:node>", at_least(Role.VIEWER, 200)),
    Row("GET", f"{RUN}/nodes/<str:node>/json", at_least(Role.VIEWER, 404)),  # no results yet
    Row("GET", f"{RUN}/compare", at_least(Role.VIEWER, 200)),
    Row("GET", f"{RUN}/compare/<str:other>", at_least(Role.VIEWER, 200)),
    Row("GET", f"{RUN}/compare/<str:other>/rows", at_least(Role.VIEWER, 200)),
    Row("GET", f"{RUN}/export", at_least(Role.VIEWER, 404)),  # it has no results yet
    Row("GET", f"{RUN}/again", at_least(Role.RUNNER, 200)),
    Row(
        "POST",
        f"{RUN}/again",
        at_least(Role.RUNNER, 302),
        {"submit_key": "key", "connection": "{connection}"},
    ),
    Row("POST", f"{RUN}/again/plan", at_least(Role.RUNNER, 200)),
    Row("GET", f"{RUN}/failed", at_least(Role.RUNNER, 200)),
    Row("POST", f"{RUN}/failed", at_least(Role.RUNNER, 422)),  # nothing failed
    Row("POST", f"{RUN}/failed/plan", at_least(Role.RUNNER, 200)),
    Row("POST", f"{RUN}/draft", at_least(Role.BUILDER, 302)),
    Row("POST", f"{RUN}/cancel", at_least(Role.RUNNER, 302)),
    Row("POST", f"{RUN}/check", at_least(Role.RUNNER, 302)),
    Row("POST", f"{RUN}/decide/<slug:verb>", at_least(Role.RUNNER, 302), fill={"verb": "give-up"}),
]

SCHEDULES_URL = "t/<slug:slug>/schedules"
SCHEDULE = f"{SCHEDULES_URL}/<str:schedule>"
EVERY_DAY = {
    "often": "daily",
    "at": "09:00",
    "zone": "UTC",
    "connection": "{connection}",
    "submit_key": "key",
}

SCHEDULES = [
    Row("GET", f"{WORKFLOW}/schedule", at_least(Role.RUNNER, 200)),
    Row("POST", f"{WORKFLOW}/schedule", at_least(Role.RUNNER, 302), EVERY_DAY),
    Row("POST", f"{WORKFLOW}/schedule/preview", at_least(Role.RUNNER, 200), EVERY_DAY),
    Row("GET", SCHEDULES_URL, at_least(Role.VIEWER, 200)),
    Row("GET", SCHEDULE, at_least(Role.RUNNER, 200)),
    Row("POST", SCHEDULE, at_least(Role.RUNNER, 302), EVERY_DAY),
    Row("GET", f"{SCHEDULE}/history", at_least(Role.VIEWER, 200)),
    Row("POST", f"{SCHEDULE}/<slug:verb>", at_least(Role.RUNNER, 302), fill={"verb": "pause"}),
]

NOTICES = [
    Row("GET", "notices", signed_in(200)),
    Row("POST", "notices/read", signed_in(302)),
    Row("GET", "profile/notices", signed_in(200)),
    Row("POST", "profile/notices", signed_in(302), {"set": "run_failed.by_mail.on"}),
]

LIBRARY_URL = "t/<slug:slug>/templates"
TEMPLATE = f"{LIBRARY_URL}/<str:template>"
ABOUT = {"title": "T", "summary": "S", "category": "people", "visibility": "team"}

LIBRARY = [
    Row("GET", LIBRARY_URL, at_least(Role.VIEWER, 200)),
    Row("GET", f"{LIBRARY_URL}/some", at_least(Role.VIEWER, 200)),
    Row("GET", f"{LIBRARY_URL}/import", at_least(Role.BUILDER, 200)),
    Row("POST", f"{LIBRARY_URL}/import", at_least(Role.BUILDER, 422), {"text": "[]"}),
    Row("POST", f"{LIBRARY_URL}/by-link", at_least(Role.ADMIN, 302), {"allow": "1"}),
    Row("GET", TEMPLATE, at_least(Role.VIEWER, 200)),
    Row("POST", f"{TEMPLATE}/star", at_least(Role.VIEWER, 302), {"on": "1"}),
    Row("GET", f"{TEMPLATE}/details", at_least(Role.BUILDER, 200)),
    Row("POST", f"{TEMPLATE}/details", at_least(Role.BUILDER, 302), ABOUT),
    Row("POST", f"{TEMPLATE}/withdraw", at_least(Role.BUILDER, 302)),
    Row("GET", f"{TEMPLATE}/file", at_least(Role.VIEWER, 200)),
    Row("GET", f"{TEMPLATE}/links", at_least(Role.BUILDER, 200)),
    Row("POST", f"{TEMPLATE}/links", at_least(Role.BUILDER, 422)),  # the team does not allow it
    Row("POST", f"{TEMPLATE}/links/<str:link>/revoke", at_least(Role.BUILDER, 302)),
    Row("GET", "shared/<str:token>", signed_in(404)),
    Row("GET", f"{TEMPLATE}/use", at_least(Role.RUNNER, 200)),
    Row(
        "POST",
        f"{TEMPLATE}/use",
        at_least(Role.RUNNER, 302),
        {"submit_key": "key", "connection": "{connection}"},
    ),
    Row("POST", f"{TEMPLATE}/use/plan", at_least(Role.RUNNER, 200)),
    Row("POST", f"{TEMPLATE}/copy", at_least(Role.BUILDER, 302)),
    Row("GET", f"{LIBRARY_URL}/behind", at_least(Role.VIEWER, 204)),
    Row("GET", f"{RUN}/template", at_least(Role.VIEWER, 204)),  # it ran a workflow
    Row("GET", f"{WORKFLOW}/origin", at_least(Role.VIEWER, 204)),  # nobody's copy
    Row("GET", f"{WORKFLOW}/update", at_least(Role.VIEWER, 404)),
    Row("POST", f"{WORKFLOW}/update", at_least(Role.BUILDER, 404)),
    Row("GET", f"{WORKFLOW}/publish", at_least(Role.BUILDER, 200)),
    Row("POST", f"{WORKFLOW}/publish", at_least(Role.BUILDER, 302), ABOUT),
]

ENDPOINTS = f"{TEAM}/webhooks"
ENDPOINT = f"{ENDPOINTS}/<str:endpoint>"
A_HOOK = {
    "url": "https://hooks.example.com/t",
    "description": "CRM",
    "events": "run.finished",
    "made_key": "k",
}

OUTGOING = [
    Row("GET", ENDPOINTS, at_least(Role.ADMIN, 200)),
    Row("GET", f"{ENDPOINTS}/new", at_least(Role.ADMIN, 200)),
    Row("POST", f"{ENDPOINTS}/new", at_least(Role.ADMIN, 200), A_HOOK),
    Row("GET", ENDPOINT, at_least(Role.ADMIN, 200)),
    Row("GET", f"{ENDPOINT}/log", at_least(Role.ADMIN, 200)),
    Row("GET", f"{ENDPOINT}/change", at_least(Role.ADMIN, 200)),
    Row("POST", f"{ENDPOINT}/change", at_least(Role.ADMIN, 302), A_HOOK),
    Row("POST", f"{ENDPOINT}/rotate", at_least(Role.ADMIN, 200)),
    Row("POST", f"{ENDPOINT}/switch", at_least(Role.ADMIN, 302)),
    Row("POST", f"{ENDPOINT}/test", at_least(Role.ADMIN, 302)),
    Row("POST", f"{ENDPOINT}/replay", at_least(Role.ADMIN, 302)),
    Row("POST", f"{ENDPOINT}/delete", at_least(Role.ADMIN, 302)),
    Row("GET", f"{ENDPOINT}/sent/<str:delivery>", at_least(Role.ADMIN, 200)),
    Row("POST", f"{ENDPOINT}/sent/<str:delivery>/replay", at_least(Role.ADMIN, 302)),
    Row("POST", f"{ENDPOINT}/sent/<str:delivery>/try", at_least(Role.ADMIN, 302)),
]

REVIEW = [
    Row("GET", f"{WORKFLOW}/matrix", at_least(Role.VIEWER, 200)),
    Row("GET", f"{WORKFLOW}/charts", at_least(Role.VIEWER, 200)),
    Row("GET", "t/<slug:slug>/charts", at_least(Role.VIEWER, 200)),
    Row("GET", "t/<slug:slug>/charts/use", at_least(Role.VIEWER, 200)),
    Row("GET", "t/<slug:slug>/limits/<str:connection>", at_least(Role.VIEWER, 200)),
    Row("GET", "t/<slug:slug>/runs/<str:run>/table", at_least(Role.VIEWER, 200)),
    Row(
        "GET",
        "t/<slug:slug>/runs/<str:run>/table.<slug:ending>",
        at_least(Role.VIEWER, 200),
        fill={"ending": "csv"},
    ),
    Row("GET", "t/<slug:slug>/workflows/<str:workflow>/table", at_least(Role.VIEWER, 200)),
    Row(
        "GET",
        "t/<slug:slug>/workflows/<str:workflow>/table.<slug:ending>",
        at_least(Role.VIEWER, 200),
        fill={"ending": "xlsx"},
    ),
    Row("GET", "t/<slug:slug>/table", at_least(Role.VIEWER, 200), {"run": "{run}"}),
    Row(
        "GET",
        "t/<slug:slug>/table.<slug:ending>",
        at_least(Role.VIEWER, 200),
        {"run": "{run}"},
        fill={"ending": "json"},
    ),
]

PERSONAL = [
    Row("GET", f"{TEAM}/erase", at_least(Role.ADMIN, 200)),
    Row("POST", f"{TEAM}/erase", at_least(Role.ADMIN, 200), {"address": "linkedin.com/in/ada"}),
    Row("GET", "profile/data", signed_in(302)),  # asks who it is first
    Row("GET", f"{TEAM}/delete", at_least(Role.OWNER, 200)),
    Row("POST", f"{TEAM}/delete", at_least(Role.OWNER, 302), {"name": "Outreach"}),
    Row("POST", f"{TEAM}/delete/undo", at_least(Role.OWNER, 302)),
    Row("GET", f"{TEAM}/delete/data", at_least(Role.OWNER, 200)),
    Row("GET", "profile/erase", signed_in(302)),
    Row("POST", "profile/erase", signed_in(302)),
]

# A webhook is known by its signature; a session opens nothing.
HOOKS = [Row("POST", "hooks/<str:path>", everybody(404), fill={"path": "made-up"})]

# The sandbox knows its callers by tokens; a session opens nothing.
SANDBOX = [
    Row("GET", "sandbox/", everybody(200)),
    Row("GET", "sandbox/connect/<str:session_id>", everybody(404)),
    Row("POST", "sandbox/workflows", everybody(401)),
    Row("GET", "sandbox/workflows/<str:remote_id>", everybody(401)),
    Row("DELETE", "sandbox/workflows/<str:remote_id>", everybody(401)),
    Row("GET", "sandbox/account", everybody(401)),
    Row("GET", "sandbox/stats/actions", everybody(401)),
    Row("POST", "sandbox/conversations/poll", everybody(401)),
    Row("POST", "sandbox/inbox/poll", everybody(401)),
    Row("POST", "sandbox/network/poll", everybody(401)),
    Row("POST", "sandbox/admin/<str:name>", everybody(401)),
    Row("GET", "sandbox/<path:rest>", everybody(404)),
]

REVIEW_URL = "t/<slug:slug>/review"
RUN_LISTS = [
    Row("GET", f"{REVIEW_URL}/news", at_least(Role.VIEWER, 404)),  # of no list
    Row("GET", f"{REVIEW_URL}/filters", at_least(Role.VIEWER, 200)),
    Row("GET", f"{REVIEW_URL}/runs.csv", at_least(Role.VIEWER, 200)),
    Row("POST", f"{REVIEW_URL}/bulk", at_least(Role.VIEWER, 200), {"verb": "export"}),
    Row(
        "POST",
        f"{REVIEW_URL}/bulk/<slug:verb>",
        at_least(Role.RUNNER, 302),
        {"runs": "{run}"},
        fill={"verb": "cancel"},
    ),
    Row(
        "POST", f"{REVIEW_URL}/saved", at_least(Role.VIEWER, 302), {"name": "Mine", "query": "q=a"}
    ),
    Row(
        "POST",
        f"{REVIEW_URL}/saved/<str:saved>",
        at_least(Role.ADMIN, 302),
        {"name": "Broken", "shared": "yes"},
    ),
    Row("POST", f"{REVIEW_URL}/saved/<str:saved>/remove", at_least(Role.ADMIN, 302)),
    Row("POST", f"{RUN}/star", at_least(Role.RUNNER, 302)),
    Row("POST", f"{RUN}/note", at_least(Role.RUNNER, 302), {"note": "Look at this."}),
]

ROWS = [
    *WIRING,
    *SIGNING_IN,
    *ACCOUNTS,
    *CATALOGUE,
    *WORKFLOWS,
    *RUNS,
    *SCHEDULES,
    *RUN_LISTS,
    *NOTICES,
    *LIBRARY,
    *OUTGOING,
    *REVIEW,
    *PERSONAL,
    *HOOKS,
    *SANDBOX,
]
