# ruff: noqa: E501 - a row is a line
"""What somebody who means harm could send: a table for `test_hostile.py`.

Two kinds of rows. `Shown` puts a text into a field and names the pages that then show it: they must show it as a
text. `Sent` is a request and what it must come to. A new field or form gets a row here.

Placeholders in braces are filled as in `urls.py` (FILL: something real of Ann's team).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

TEAM = "/t/{slug}"
WORKFLOW = f"{TEAM}/workflows/{{workflow}}"
RUN = f"{TEAM}/runs/{{run}}"
MEMBER = f"{TEAM}/team/people/{{member}}"
TEMPLATE = f"{TEAM}/templates/{{template}}"
CONNECTION = f"{TEAM}/team/connections/{{connection}}"

# Breaks out of a text, an attribute, a script; and shows itself when it worked.
TAG = "<img src=x onerror=alert(1)>"  # a tag has at most thirty letters
MARKUP = "\"'><img src=x onerror=alert(1)>"


@dataclass(frozen=True)
class Shown:
    """`path` and `data`: the form, with MARKUP where `{x}` stands; `pages` show it afterwards."""

    what: str
    path: str
    data: Mapping[str, Any]
    pages: tuple[str, ...]

    def __str__(self) -> str:
        return self.what


SHOWN = [
    Shown("a person's name", "/profile", {"name": "{x}", "time_zone": "UTC", "theme": "dark"},
          ("/profile", f"{TEAM}/team", f"{TEAM}/team/audit?q=joined")),
    Shown("a team's name", f"{TEAM}/team/name", {"name": "{x}"},
          (f"{TEAM}/team", "/profile", f"{TEAM}/team/audit", f"{TEAM}/workflows")),
    Shown("a new team's name", "/teams/new", {"name": "{x}"}, ("/profile",)),
    Shown("a connection's name", f"{CONNECTION}/name", {"name": "{x}"},
          (f"{TEAM}/team", CONNECTION, f"{WORKFLOW}/run", f"{WORKFLOW}/schedule")),
    Shown("a sandbox connection's name", f"{TEAM}/team/connections/new/sandbox", {"name": "{x}"},
          (f"{TEAM}/team", f"{TEAM}/team/audit")),
    Shown("a workflow's name", f"{WORKFLOW}/rename", {"name": "{x}"},
          (WORKFLOW, f"{TEAM}/workflows", f"{WORKFLOW}/run", f"{TEAM}/team/audit")),
    Shown("a workflow's description", f"{WORKFLOW}/rename", {"name": "A", "description": "{x}"},
          (f"{TEAM}/workflows",)),
    Shown("a new workflow's name", f"{TEAM}/workflows/new", {"name": "{x}"}, (f"{TEAM}/workflows",)),
    Shown("an action's label", f"{WORKFLOW}/edit/label", {"base": "1", "node": "{node}", "label": "{x}"},
          (WORKFLOW, f"{WORKFLOW}/inspector/{{node}}")),
    Shown("an action's note", f"{WORKFLOW}/edit/note", {"base": "1", "node": "{node}", "note": "{x}"},
          (f"{WORKFLOW}/inspector/{{node}}",)),
    Shown("a version's name", f"{WORKFLOW}/versions/name", {"name": "{x}"}, (f"{WORKFLOW}/versions",)),
    Shown("a search in the log", f"{TEAM}/team/audit", {}, (f"{TEAM}/team/audit?q={{x}}",)),
    Shown("an address to erase", f"{TEAM}/team/erase", {"address": "{x}"}, ("answer",)),
    Shown("an invited address", f"{TEAM}/team/invite", {"role": "viewer", "email": "{x}"}, ("answer",)),
    Shown("a type of action that there is not", f"{TEAM}/workflows/import",
          {"do": "check", "text": '{{"actionType": "<img src=x onerror=alert(1)>"}}'}, ("answer",)),
    Shown("a key of JSON", f"{TEAM}/workflows/import",
          {"do": "check", "text": '{{"actionType": "st.retrieveSSI", "<img src=x onerror=alert(1)>": 1}}'},
          ("answer",)),
    Shown("JSON that is none", f"{TEAM}/workflows/import", {"do": "check", "text": "{x}"}, ("answer",)),
    Shown("a table's cells", f"{WORKFLOW}/batch", {"text": "{x}", "connection": "{connection}"}, ("answer",)),
    Shown("a template's title", f"{WORKFLOW}/publish", {"title": "{x}"}, ("answer",)),
    Shown("a template's summary", f"{WORKFLOW}/publish", {"title": "T", "summary": "{x}"}, ("answer",)),
    Shown("a template's readme", f"{WORKFLOW}/publish",
          {"title": "T", "readme": "{x} [a](javascript:alert(1)) ![b](x\" onerror=alert(1))"}, ("answer",)),
    Shown("a webhook's name", f"{TEAM}/team/webhooks/new", {"url": "https://x.example", "description": "{x}"},
          ("answer",)),
    Shown("a webhook's address", f"{TEAM}/team/webhooks/new", {"url": "{x}", "description": "d"}, ("answer",)),
    Shown("a folder's name", f"{TEAM}/folders", {"name": "{x}"}, (f"{TEAM}/workflows",)),
    Shown("a folder's new name", f"{TEAM}/folders/{{folder}}", {"name": "{x}"}, (f"{TEAM}/workflows",)),
    Shown("a tag", f"{WORKFLOW}/tags", {"tag": TAG}, (f"{TEAM}/workflows", f"{WORKFLOW}/shelf")),
    Shown("a note on a run", f"{RUN}/note", {"note": "{x}"}, (RUN,)),
    Shown("the name of a list of runs", f"{TEAM}/review/saved", {"name": "{x}", "query": "q=a", "shared": "1"},
          (f"{TEAM}/runs",)),
    Shown("a search for runs", f"{TEAM}/runs", {}, (f"{TEAM}/runs?q={{x}}",)),
    Shown("a search for workflows", f"{TEAM}/workflows", {}, (f"{TEAM}/workflows?search={{x}}",)),
    Shown("a search for templates", f"{TEAM}/templates", {}, (f"{TEAM}/templates?search={{x}}",)),
    Shown("a published template's title", f"{TEMPLATE}/details", {"title": "{x}", "summary": "S", "category": "people", "visibility": "team"},
          (TEMPLATE, f"{TEAM}/templates", f"{TEMPLATE}/use", f"{TEAM}/team/audit")),
    Shown("a published template's summary", f"{TEMPLATE}/details", {"title": "T", "summary": "{x}", "category": "people", "visibility": "team"},
          (TEMPLATE, f"{TEAM}/templates", f"{TEMPLATE}/use")),
    Shown("a published template's readme", f"{TEMPLATE}/details",
          {"title": "T", "summary": "S", "category": "people", "visibility": "team", "readme": "{x}\n\n[a](javascript:alert(1)) <onerror=alert(1)>"},
          (TEMPLATE,)),
    Shown("a file of a template", f"{TEAM}/templates/import", {"text": '{{"trellis": "<img src=x onerror=alert(1)>"}}'},
          ("answer",)),
    Shown("the name of a webhook that there is", f"{TEAM}/team/webhooks/{{endpoint}}/change",
          {"url": "https://x.example", "description": "{x}", "events": "run.finished", "made_key": "k"},
          (f"{TEAM}/team/webhooks", f"{TEAM}/team/webhooks/{{endpoint}}")),
    Shown("a name for a team to delete", f"{TEAM}/team/delete", {"name": "{x}"}, ("answer",)),
    Shown("the name of a copy", f"{WORKFLOW}/send", {"team": "{slug}", "name": "{x}", "do": "copy"}, (f"{TEAM}/workflows",)),
]  # fmt: skip

ELSEWHERE = (
    "//evil.example",
    "https://evil.example/",
    "https:evil.example",
    "/\\evil.example",
    "javascript:alert(1)",
)
SECRETS = {"linked_api_token": "linked_12345678", "identification_token": "id_12345678"}
LONG = "x" * 100_000


@dataclass(frozen=True)
class Sent:
    """A request of `by`, and the answers it may come to. `method` "FORGED": a POST without the CSRF token."""

    what: str
    method: str
    path: str
    data: Any = None
    by: str = "ann"
    comes_to: tuple[int, ...] = (400, 403, 404, 422)
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = ""

    def __str__(self) -> str:
        return self.what


EVES = "/t/elsewhere/workflows/{eves_workflow}"

SENT = [
    # Ways out of the site
    *(Sent(f"sign in and on to {to}", "LOGIN", "/accounts/login/", {"next": to}, "nobody", (302,)) for to in ELSEWHERE),
    *(Sent(f"sign out and on to {to}", "POST", "/accounts/logout/", {"next": to}, "ann", (302,)) for to in ELSEWHERE[:2]),
    *(Sent(f"confirm and on to {to}", "CONFIRM", "/accounts/reauthenticate/", {"next": to}, "ann", (302,))
      for to in ELSEWHERE[:3]),
    *(Sent(f"see what is hidden and on to {to}", "POST", f"{RUN}/uncover", {"reason": "to see it", "back": to}, "ann", (302,))
      for to in ELSEWHERE),
    Sent("a link of an invitation and on to elsewhere", "GET", "/join/made-up?next=//evil.example", None, "nobody", (302,)),
    Sent("sign up and on to elsewhere", "GET", "/accounts/signup/?next=//evil.example", None, "nobody", (200,)),
    # Names that are paths, headers or codes
    *(Sent(f"a workflow at {path!r}", "GET", f"{TEAM}/workflows/{path}")
      for path in ("../../etc/passwd", "%2e%2e%2f%2e%2e%2fetc%2fpasswd", "..%5c..%5cboot.ini", "%00", "a%0d%0aSet-Cookie:x=1")),
    *(Sent(f"a template at {path!r}", "GET", f"{TEAM}/templates/{path}/file") for path in ("../../etc/passwd", "%2e%2e", "%00")),
    Sent("a file of a table that is a path", "GET", f"{WORKFLOW}/table/../../../etc/passwd"),
    Sent("a verb for a batch that is a path", "POST", f"{TEAM}/batches/{{batch}}/do/..%2fstart"),
    Sent("a static file above the folder", "GET", "/static/../../etc/passwd", by="nobody"),
    Sent("code in a language that is a path", "GET", f"{WORKFLOW}/code/../../../etc/passwd"),
    Sent("a verb that there is not", "POST", f"{WORKFLOW}/edit/__class__", {"base": "1"}),
    Sent("a role that there is not", "POST", f"{MEMBER}/role", {"role": "owner; DROP TABLE"}, comes_to=(302,)),
    Sent("a cursor made up", "GET", f"{TEAM}/team/audit?cursor=W10"),
    Sent("a cursor of another type", "GET", f"{TEAM}/runs?cursor=WyJ4IiwgIngiXQ"),
    Sent("a number too large for a database", "GET", f"{WORKFLOW}/versions/99999999999999999999999"),
    Sent("a session of somebody else", "POST", "/profile/sessions/999999999999999999999/end"),
    Sent("SQL in a search", "GET", f"{TEAM}/team/audit?q=' OR 1=1; --", comes_to=(200,)),
    Sent("NUL in a search", "GET", f"{TEAM}/team/audit?q=%00", comes_to=(200, 422)),
    Sent("NUL in a name", "POST", f"{TEAM}/team/name", {"name": "a\0b"}),
    Sent("NUL in an address to sign in with", "POST", "/accounts/login/", {"login": "a\0@x.com", "password": "x"}, "nobody", (200,)),
    Sent("NUL in an invitation", "GET", "/join/%00", None, "nobody", (302, 400, 404)),
    Sent("NUL in a connection to run on", "POST", f"{WORKFLOW}/run", {"submit_key": "k", "connection": "\0"}),
    Sent("NUL in the address of a person", "POST", f"{TEAM}/team/erase", {"address": "linkedin.com/in/\0"}),
    Sent("a template in a name", "POST", f"{TEAM}/team/name", {"name": "{{ 7|add:7 }}{% debug %}"}, comes_to=(302,)),
    # Too much
    *(Sent(f"a hundred thousand letters for {what}", "POST", path, data) for what, path, data in (
        ("a team", f"{TEAM}/team/name", {"name": LONG}),
        ("a new team", "/teams/new", {"name": LONG}),
        ("a person", "/profile", {"name": LONG, "time_zone": "UTC", "theme": "dark"}),
        ("a connection", f"{CONNECTION}/name", {"name": LONG}),
        ("a token", f"{TEAM}/team/connections/new", SECRETS | {"name": "C", "linked_api_token": LONG}),
        ("a workflow", f"{WORKFLOW}/rename", {"name": LONG}),
        ("an invited address", f"{TEAM}/team/invite", {"role": "runner", "email": f"a@{LONG}.com"}),
        ("a template", f"{TEMPLATE}/details", {"title": LONG, "summary": "S", "category": "people", "visibility": "team"}),
        ("a readme", f"{TEMPLATE}/details", {"title": "T", "summary": "S", "category": "people", "visibility": "team", "readme": LONG}),
        ("a webhook", f"{TEAM}/team/webhooks/new", {"url": f"https://x.example/{LONG}", "description": "d"}),
        ("a file of a template", f"{TEAM}/templates/import", {"text": LONG}),
        ("a team to delete", f"{TEAM}/team/delete", {"name": LONG}),
        ("a person to erase", f"{TEAM}/team/erase", {"address": f"https://www.linkedin.com/in/{LONG}"}),
    )),
    # It says so on the list, and keeps its name.
    Sent("a hundred thousand letters for a folder", "POST", f"{TEAM}/folders/{{folder}}", {"name": LONG}, comes_to=(302,)),
    Sent("a form of 13 MB", "POST", f"{TEAM}/workflows/import", {"text": "x" * 13_000_000}, comes_to=(400, 413)),
    Sent("a form of two thousand fields", "POST", "/profile", {f"f{n}": "" for n in range(2000)}, comes_to=(400,)),
    Sent("JSON two thousand deep", "POST", f"{TEAM}/workflows/import", {"do": "check", "text": "[" * 2000}, comes_to=(200, 422)),
    Sent("a number of a million digits", "POST", f"{TEAM}/workflows/import", {"do": "check", "text": "1" * 1_000_000}, comes_to=(200, 422)),
    # Not what a form sends
    # Nothing was typed, so the form comes back.
    Sent("JSON in place of a form", "POST", f"{TEAM}/team/name", "{}", comes_to=(200,), content_type="application/json"),
    Sent("a form broken off", "POST", f"{TEAM}/team/name", "--x\r\nContent-Disp", comes_to=(200,),
         content_type="multipart/form-data; boundary=x"),
    Sent("XML with an entity", "POST", f"{TEAM}/workflows/import", {"do": "check", "text": '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>&e;'}, comes_to=(200, 422)),
    Sent("another host's name", "POST", "/accounts/password/reset/", {"email": "ann@example.com"}, "nobody", (400,),
         {"Host": "evil.example"}),
    Sent("another host's name behind no proxy", "GET", "/accounts/login/", None, "nobody", (200,), {"X-Forwarded-Host": "evil.example"}),
    Sent("a verb of HTTP that there is not", "DELETE", f"{TEAM}/team", comes_to=(405,)),
    Sent("a change by following a link", "GET", f"{MEMBER}/remove", comes_to=(405,)),
    # Tokens
    Sent("an invitation made up", "INVITED", "/join/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", None, "eve", (404,)),
    Sent("a hash in place of a token", "INVITED", "/join/{invitation_hash}", None, "eve", (404,)),
    Sent("a reset link made up", "GET", "/accounts/password/reset/key/1-set-password/", None, "nobody", (200,)),
    Sent("a confirmation made up", "POST", "/accounts/confirm-email/made-up/", None, "nobody", (404,)),
    Sent("a passkey made up", "POST", "/accounts/2fa/webauthn/login/", {"credential": '{{"id": "x", "response": {{}}}}'}, "nobody", (302,)),
    Sent("a passkey that is no object", "POST", "/accounts/2fa/webauthn/login/", {"credential": "[1]"}, "nobody", (302,)),
    Sent("a webhook to nowhere", "POST", "/hooks/made-up", "{}", "nobody", (404,), content_type="application/json"),
    Sent("a webhook without a signature", "POST", "/hooks/{hook}", "{}", "nobody", (400, 401, 403, 404), content_type="application/json"),
    Sent("a webhook with a signature made up", "POST", "/hooks/{hook}", "{}", "nobody", (400, 401, 403, 404),
         {"linked-api-signature": "00" * 32, "linked-api-signature-timestamp": "1790000000"}, content_type="application/json"),
    Sent("a session made up", "GET", f"{TEAM}/team", None, "nobody", (302,), {"Cookie": "sessionid=made-up"}),
    # Somebody else's
    *(Sent(f"another team's {what}", "POST", path, data, "eve", (404,)) for what, path, data in (
        ("name", f"{TEAM}/team/name", {"name": "Mine"}),
        ("member", f"{MEMBER}/role", {"role": "viewer"}),
        ("connection", f"{CONNECTION}/delete", None),
        ("invitation", f"{TEAM}/team/invitations/{{invitation}}/renew", None),
    )),
    Sent("another team's connection to run on", "POST", "/t/elsewhere/workflows/{eves_workflow}/run",
         {"submit_key": "k", "connection": "{connection}"}, "eve", (422,)),
    *(Sent(f"another team's {what}", "POST", path, data, "eve", comes_to) for what, path, data, comes_to in (
        ("folder to put it into", f"{EVES}/folder", {"folder": "{folder}"}, (404,)),
        ("name for a copy to go to", f"{EVES}/send", {"team": "{slug}", "do": "copy"}, (404,)),
        ("name for a move to go to", f"{EVES}/send", {"team": "{slug}", "do": "move"}, (404,)),
        ("connection to plan on", f"{EVES}/schedule",
         {"submit_key": "k", "connection": "{connection}", "often": "day", "hour": "9", "minute": "0", "zone": "UTC"}, (422,)),
        ("private template to use", "/t/elsewhere/templates/{template}/use", {"connection": "{connection}"}, (404,)),
        ("private template to copy", "/t/elsewhere/templates/{template}/copy", {"name": "Mine"}, (404,)),
    )),
    Sent("another team's runs to star", "POST", "/t/elsewhere/review/bulk", {"verb": "star", "runs": "{run}"}, "eve", (200, 404, 422)),
    Sent("another team's connection for a table", "POST", "/t/elsewhere/workflows/{eves_workflow}/batch",
         {"text": "a", "connection": "{connection}"}, "eve", (422,)),
]  # fmt: skip
