"""A pytest plugin: no secret leaves the server in any test of the run.

Each secret is a canary. What the app encrypts or keeps only a hash of is learned at that door, in every test, so
nothing has to be planted by hand; SECRET_KEY and the encryption keys are known from the start. Looked through are
all answers (of the test client and of live servers, files that are streamed and spreadsheets too, with their
headers), all mails, lines of the log and of commands, what tests print, and the audit log. A test that leaked fails
and says what and where. What may be told stands in ALLOWED, with the reason.
"""

import hashlib
import io
import logging
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from zipfile import ZipFile

import pytest
from allauth.account.forms import default_token_generator
from django.conf import settings
from django.core.mail.backends import locmem
from django.core.management.base import OutputWrapper
from django.db.models.signals import post_save, pre_save
from django.http import HttpRequest, HttpResponseBase

SHORTEST = 12  # a test's "s" or "secret" is no canary: pages are full of them
LONGEST = 300  # how far a secret can reach over the edge of two pieces of a stream
NOT_SECRET = {
    "outgoing.endpoint.url"
}  # encrypted, since it may hold a password, but its page shows it

# (what, where, why it may): patterns for the whole of both.
ALLOWED = [
    (r"accounts\.invitation\.token", r"mail", "the mail is how an invited person gets the link"),
    (r"accounts\.invitation\.token", r"answer to POST /t/[^/]+/team/(invite|invitations/\w+/renew)",
     "a link is shown once, to whoever made it"),
    (r"library\.sharelink\.token", r"answer to POST /t/[^/]+/templates/\w+/links",
     "a link is shown once, to whoever made it"),
    (r"library\.sharelink\.token", r"answer to (GET|POST) /(shared|accounts)/\S+", "the reader's own address"),
    (r"outgoing\.endpoint\.secret", r"answer to POST /t/[^/]+/team/webhooks/\S+",
     "the receiver needs it to check signatures: shown once when it is made"),
    (r"link to set a password", r"mail", "the mail proves that the address is theirs"),
    (r".*", r"answer to \w+ /sandbox/\S*", "the service, not us: it tells its clients the secrets it made for them"),
    (r"accounts\.connection\..*", r"a line of `sandbox`", "prints the play tokens of the sandbox for other tools"),
]  # fmt: skip

_known: dict[str, bytes] = {}  # of the test at hand: what it is, by the secret itself
_what: dict[str, str] = {}
_found: list[str] = []


def learn(what: str, secret: object) -> None:
    """From now on `secret` is looked for."""
    text = str(secret)
    if len(text) >= SHORTEST and text not in _known:
        _known[text] = text.encode()
        _what[text] = what


def look(where: Callable[[], str], told: bytes | str) -> None:
    """Notes what of the secrets is in `told`, unless it may be."""
    for secret, octets in list(_known.items()):
        if (octets if isinstance(told, bytes) else secret) in told:
            place = where()
            if not any(
                re.fullmatch(what, _what[secret]) and re.fullmatch(may, place)
                for what, may, _ in ALLOWED
            ):
                _found.append(f"{_what[secret]} ({secret[:6]}…) in {place}")


def taken() -> list[str]:
    """What has leaked since the last time this was asked."""
    found, _found[:] = list(dict.fromkeys(_found)), []
    return found


# --- Where secrets are learned -----------------------------------------------------------------


def fresh() -> None:
    """Only what holds in every test; the marker is that of any password hash, with the hasher of the tests."""
    _known.clear()
    _what.clear()
    learn("SECRET_KEY", settings.SECRET_KEY)
    for key in settings.ENCRYPTION_KEYS:
        learn("a key of encryption", key)
    _known["md5$"], _what["md5$"] = b"md5$", "the hash of a password"


def _overhear(owner: Any, name: str, note: Callable[..., None]) -> None:
    """`note` is called with the arguments of `owner.name` and what it gave."""
    original = getattr(owner, name)

    def noted(*args: Any, **kwargs: Any) -> Any:
        answer = original(*args, **kwargs)
        note(answer, *args)
        return answer

    setattr(owner, name, noted)


def _learn_at_the_doors() -> None:
    from accounts import inviting
    from accounts.adapter import SecondStep
    from accounts.models import User
    from editor.lib.fields import EncryptedTextField, Unreadable
    from editor.library import links

    def encrypted(_: Any, field: EncryptedTextField, value: Any) -> None:
        what = f"{field.model._meta.label_lower}.{field.name}"
        if value and not isinstance(value, Unreadable) and what not in NOT_SECRET:
            learn(what, value)

    def hashed(what: str) -> Callable[..., None]:
        def note(digest: str, token: str) -> None:
            learn(f"{what}.token", token)
            learn(f"{what}.hash", digest)

        return note

    def hash_of_address(instance: User, created: bool, **_: Any) -> None:
        if created:
            octets = instance.email.encode()
            for kind in ("md5", "sha256"):
                learn(f"the {kind} of an address", hashlib.new(kind, octets).hexdigest())

    _overhear(EncryptedTextField, "get_prep_value", encrypted)
    _overhear(SecondStep, "encrypt", lambda _, me, text: learn("key of an authenticator app", text))
    _overhear(inviting, "hash_of", hashed("accounts.invitation"))
    _overhear(links, "_digest", hashed("library.sharelink"))
    _overhear(
        default_token_generator,
        "make_token",
        lambda token, user: learn("link to set a password", token),
    )
    post_save.connect(hash_of_address, sender=User, weak=False)


# --- Where they are looked for -----------------------------------------------------------------


def answers(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """A middleware; it stands inside the one that compresses."""

    def respond(request: HttpRequest) -> HttpResponseBase:
        response: Any = get_response(request)

        def where() -> str:
            return f"answer to {request.method} {request.path}"

        if response.streaming:
            response.streaming_content = _looked_through(response.streaming_content, where)
        else:
            look(where, response.content)
        look(where, "\n".join(f"{name}: {value}" for name, value in response.headers.items()))
        return response

    return respond


def _looked_through(pieces: Iterable[bytes], where: Callable[[], str]) -> Iterator[bytes]:
    """The pieces of a stream; a spreadsheet is opened when it is whole."""
    before, book = b"", None
    for number, piece in enumerate(pieces):
        if number == 0 and piece.startswith(b"PK"):
            book = io.BytesIO()
        if book is not None:
            book.write(piece)
        look(where, before + piece)
        before = (before + piece)[-LONGEST:]
        yield piece
    if book is not None:
        with ZipFile(book) as sheets:
            for name in sheets.namelist():
                look(where, sheets.read(name))


def _mailed(_: int, backend: object, messages: Iterable[Any]) -> None:
    for mail in messages:
        bodies = [body for body, _ in getattr(mail, "alternatives", None) or ()]
        told = [mail.subject, mail.body, *bodies, mail.extra_headers, *mail.to]
        look(lambda: "mail", "\n".join(map(str, told)))


class Log(logging.Handler):
    """Sees a line as the log of a server has it."""

    def __init__(self) -> None:
        from editor.lib.logs import Discreet, JsonLines

        super().__init__()
        self.addFilter(Discreet())
        self.setFormatter(JsonLines())

    def emit(self, record: logging.LogRecord) -> None:
        look(lambda: f"a line of the log of {record.name}", self.format(record))


def _look_everywhere() -> None:
    from accounts.models import AuditEvent

    settings.MIDDLEWARE.insert(
        settings.MIDDLEWARE.index("editor.lib.compress.CompressPages") + 1, "tests.leaks.answers"
    )
    _overhear(locmem.EmailBackend, "send_messages", _mailed)
    root = logging.getLogger()
    for handler in root.handlers:
        handler.setLevel(root.level)
    root.setLevel(logging.INFO)  # as a server logs; what the run itself shows stays as it was
    root.addHandler(Log())
    _overhear(OutputWrapper, "write", lambda _, me, told="", *how: look(_command, str(told)))
    pre_save.connect(_audited, sender=AuditEvent, weak=False)


def _command() -> str:
    """Which command is running: the module that called."""
    import inspect

    for frame in inspect.stack():
        found = re.search(r"management/commands/(\w+)\.py$", frame.filename)
        if found:
            return f"a line of `{found.group(1)}`"
    return "a line of a command"


def _audited(instance: Any, **_: Any) -> None:
    told = f"{instance.actor_name}\n{instance.subject}\n{instance.details}"
    look(lambda: f"the audit log, {instance.verb}", told)


# --- In a run of pytest ------------------------------------------------------------------------


def pytest_configure() -> None:
    fresh()
    _learn_at_the_doors()
    _look_everywhere()


def complain() -> None:
    """Fails the test at hand when something has leaked in it."""
    leaked = taken()
    if leaked:
        pytest.fail("A secret left the server:\n  " + "\n  ".join(leaked), pytrace=False)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> Iterator[None]:
    fresh()
    yield


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    yield
    complain()


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    """Once more when live servers and workers of the test are gone; and what it printed."""
    yield
    for _, channel, text in item._report_sections:
        look(lambda channel=channel: f"captured {channel}", text)  # type: ignore[misc]
    complain()
