"""Who works here and with what: people, teams, roles, LinkedIn connections, and the record of acts."""

import hashlib
from collections.abc import Container
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NoReturn

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format

from editor import catalog
from editor.catalog import ErrorType
from editor.lib.fields import EncryptedTextField, public_id_field


def one_of(field: str, choices: type[models.TextChoices], name: str) -> models.CheckConstraint:
    """The database refuses a value of `field` that is not one of the choices."""
    return models.CheckConstraint(condition=models.Q(**{f"{field}__in": choices.values}), name=name)


class Role(models.TextChoices):
    """What a member may do; each role includes the ones after it."""

    OWNER = "owner", "Owner"
    ADMIN = "admin", "Admin"
    BUILDER = "builder", "Builder"
    RUNNER = "runner", "Runner"
    VIEWER = "viewer", "Viewer"

    @property
    def does(self) -> str:
        """What this role adds to the roles below it, for people."""
        return {
            Role.OWNER: "Name owners and remove them.",
            Role.ADMIN: "Manage people and LinkedIn connections, rename the team.",
            Role.BUILDER: "Build and change workflows.",
            Role.RUNNER: "Run workflows.",
            Role.VIEWER: "See workflows, runs and results.",
        }[self]

    def covers(self, other: "Role") -> bool:
        """Whether this role may do what `other` may do."""
        order = list(Role)
        return order.index(self) <= order.index(other)


class Theme(models.TextChoices):
    SYSTEM = "system", "Like my device"
    LIGHT = "light", "Light"
    DARK = "dark", "Dark"


class UserManager(BaseUserManager[Any]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A stored user; without a password nobody can sign in with one."""
        user = User(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        user: User = self.get(email=(username or "").strip().lower())
        return user


class User(AbstractBaseUser):
    """A person who signs in with an e-mail address and a password.

    - `email` is the user name: unique, kept in lower case.
    - `is_active=False` shuts the person out; the row stays, because acts refer to it.
    """

    email = models.EmailField("e-mail", unique=True)
    name = models.CharField(max_length=80)
    time_zone = models.CharField(max_length=64, default="UTC")
    theme = models.CharField(max_length=6, choices=Theme, default=Theme.SYSTEM)
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(default=timezone.now, editable=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    objects = UserManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")), name="user_email_lower_case"
            ),
            one_of("theme", Theme, "user_theme_known"),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.email = self.email.lower()
        super().save(*args, **kwargs)


class Team(models.Model):
    """People who share workflows, runs and connections. Nothing is shared between teams.

    - `slug` stands in URLs; it is set once and never changes, so that links keep working.
    - `messages_for`, `emails_for`: from which role up message texts and addresses of e-mail in results are seen.
    - `uncover_for`: from which role up somebody may still see them in one run, with a reason that is recorded.
    - `acts_for`: from which role up somebody may run what real people see; a runner at least.
    - `closes_at`: when it is deleted with all it has (`personal.closing`); nothing runs any more. An owner may take
      that back until then.
    """

    slug = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    messages_for = models.CharField(max_length=7, choices=Role, default=Role.VIEWER)
    emails_for = models.CharField(max_length=7, choices=Role, default=Role.VIEWER)
    uncover_for = models.CharField(max_length=7, choices=Role, default=Role.ADMIN)
    acts_for = models.CharField(max_length=7, choices=Role, default=Role.RUNNER)
    closes_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            # The worker: which teams are to be deleted.
            models.Index(
                fields=["closes_at"],
                name="team_closes",
                condition=models.Q(closes_at__isnull=False),
            ),
        ]
        constraints = [
            one_of("messages_for", Role, "team_messages_for_known"),
            one_of("emails_for", Role, "team_emails_for_known"),
            one_of("uncover_for", Role, "team_uncover_for_known"),
            one_of("acts_for", Role, "team_acts_for_known"),
        ]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """One person's role in one team. A team always has at least one owner (services see to it)."""

    public_id = public_id_field()
    team = models.ForeignKey(Team, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=8, choices=Role)
    joined_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["team", "user"], name="member_once_per_team"),
            one_of("role", Role, "membership_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.team}: {self.role}"


class Invitation(models.Model):
    """A seat in a team that waits for somebody. Good for one person, once, until `expires_at`.

    - Whoever knows the token may take the seat; the database has only its SHA-256. `email`: only the
      person of that address may ("": whoever has the link).
    - `made_at`: when the token of now was made; making another one ends the one before.
    - It is open as long as it is neither used, revoked nor expired.
    """

    public_id = public_id_field()
    team = models.ForeignKey(Team, models.CASCADE, related_name="invitations")
    role = models.CharField(max_length=8, choices=Role)
    email = models.EmailField("e-mail", blank=True)
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    made_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    used_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [one_of("role", Role, "invitation_role_known")]

    def __str__(self) -> str:
        return self.email or f"a link for the role {self.get_role_display()}"

    @property
    def expired(self) -> bool:
        return self.expires_at <= timezone.now()

    @property
    def goes_by_mail(self) -> bool:
        """Else whoever made it passes the link on: it names nobody, or this server sends no mail."""
        return bool(self.email) and settings.SENDS_MAIL


class Kind(models.TextChoices):
    SANDBOX = "sandbox", "Sandbox"
    LINKEDAPI = "linkedapi", "Linked API"


class ConnectionState(models.TextChoices):
    UNTESTED = "untested", "Not tested yet"
    WORKING = "working", "Working"
    REFUSED = "refused", "Refused"
    UNREACHABLE = "unreachable", "Unreachable"


def client_key_of(kind: str, linked_api_token: str) -> str:
    """Tells Linked API clients apart in the database, where the encrypted tokens cannot be compared."""
    return hashlib.sha256(f"trellis {kind} {linked_api_token}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a client needs to speak for one LinkedIn account. Never log, show or store it elsewhere."""

    base_url: str
    linked_api_token: str = field(repr=False)
    identification_token: str = field(repr=False)


class Connection(models.Model):
    """One LinkedIn account as Linked API knows it, or an invented one in our sandbox.

    - Tokens are encrypted in the database and shown to nobody again; people see the last four
      characters (`…_hint`) to tell them apart.
    - `state` is what the service said last: untested, working, refused (it does not accept the tokens
      or the account; `state_note` has its words) or unreachable (no answer); since `state_since`.
    - `error_type` is set when a person must mend something before it works again (`health`). While
      `probe_at` is set too, its queue waits; at that time Trellis asks again by itself, the more
      rarely the more `probes` have failed.
    - `client_key` is the same for connections with the same Linked API token, which share one webhook
      there ("": not known). `heard_at` is when a webhook of it last came in, more or less;
      `webhook_note` says why none can.
    - Runs on it may be started by whoever has `least_role` or one above it, and by `people`.
    - A connection that runs refer to is not deleted (`runs` protects it).
    """

    public_id = public_id_field()
    team = models.ForeignKey(Team, models.CASCADE, related_name="connections")
    name = models.CharField(max_length=60)
    kind = models.CharField(max_length=9, choices=Kind)
    linked_api_token = EncryptedTextField()
    identification_token = EncryptedTextField()
    linked_api_hint = models.CharField(max_length=4)
    identification_hint = models.CharField(max_length=4)
    state = models.CharField(
        max_length=11, choices=ConnectionState, default=ConnectionState.UNTESTED
    )
    state_note = models.CharField(max_length=300, blank=True)
    state_since = models.DateTimeField(null=True, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    error_type = models.CharField(max_length=80, blank=True)
    probe_at = models.DateTimeField(null=True, blank=True)
    probes = models.PositiveIntegerField(default=0)
    client_key = models.CharField(max_length=64, blank=True, db_index=True)
    heard_at = models.DateTimeField(null=True, blank=True)
    webhook_note = models.CharField(max_length=300, blank=True)
    least_role = models.CharField(max_length=8, choices=Role, default=Role.RUNNER)
    people = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+", blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint("team", Lower("name"), name="connection_name_once_per_team"),
            one_of("kind", Kind, "connection_kind_known"),
            one_of("state", ConnectionState, "connection_state_known"),
            one_of("least_role", Role, "connection_least_role_known"),
        ]
        indexes = [
            # The worker: which connections are to be asked whether they work again.
            models.Index(
                fields=["probe_at"],
                name="connection_paused",
                condition=models.Q(probe_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def trouble(self) -> ErrorType | None:
        """What a person must mend, in the catalogue's words: title, meaning, remedy."""
        return catalog.default().error_types.get(self.error_type) if self.error_type else None

    @property
    def is_signed_out(self) -> bool:
        """Whether LinkedIn ended its session, so that a person must sign in again (`checks.reconnection_link`)."""
        return self.error_type == "linkedinAccountSignedOut"

    @property
    def paused(self) -> bool:
        """Whether its queue waits until the trouble is over."""
        return self.probe_at is not None

    def credentials(self) -> Credentials:
        """Where to call and with which tokens."""
        base_url = settings.SANDBOX_URL if self.kind == Kind.SANDBOX else settings.LINKEDAPI_URL
        return Credentials(base_url, self.linked_api_token, self.identification_token)


class AppendOnly(models.QuerySet["AuditEvent"]):
    def update(self, **kwargs: Any) -> NoReturn:
        raise TypeError("Audit events are never changed.")

    def delete(self) -> NoReturn:
        raise TypeError("Audit events are never deleted.")


class AuditEvent(models.Model):
    """Who did what in a team, and when. Rows are only ever added.

    - `verb` is "thing.done", such as "connection.added"; `subject` names the thing as it was called then.
    - `details` holds small facts (old and new role); never tokens or other secrets.
    - `actor` becomes empty when the person is deleted; `actor_name` stays.
    - `ip` and `agent` say from where, when it was asked for over the web: who reads the log may look
      after strangers at a colleague's account. They go with a person who is erased (`erasing`).
    """

    team = models.ForeignKey(Team, models.CASCADE, related_name="audit_events")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    actor_name = models.CharField(max_length=80)
    verb = models.CharField(max_length=60)
    subject = models.CharField(max_length=200)
    details = models.JSONField(default=dict)
    ip = models.GenericIPAddressField(null=True)
    agent = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(default=timezone.now, editable=False)

    objects = AppendOnly.as_manager()

    class Meta:
        # The audit page: one team, newest first, by key set.
        indexes = [models.Index(fields=["team", "-at", "-id"], name="audit_newest_first")]

    def __str__(self) -> str:
        return f"{self.actor_name}: {self.verb} {self.subject}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk:
            raise TypeError("Audit events are never changed.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("Audit events are never deleted.")

    @property
    def did(self) -> str:
        """The act in words: "Connection: tokens replaced"."""
        thing, _, done = self.verb.partition(".")
        return f"{thing} {done}".replace("_", " ").capitalize()

    @property
    def more(self) -> str:
        """The details on one line: "before: builder, after: admin"."""
        return self.more_but(())

    def more_but(self, names: Container[str]) -> str:
        return ", ".join(
            f"{name.replace('_', ' ')}: {_in_words(parse_datetime(value) if name == 'until' else value)}"
            for name, value in sorted(self.details.items(), key=_what_came_of_it_last)
            if name not in names and value not in ("", None, [])
        )


def _what_came_of_it_last(detail: tuple[str, Any]) -> bool:
    """PostgreSQL keeps the names of an object by their length: "after" came before "before"."""
    return detail[0] == "after"


def _in_words(value: Any) -> str:
    """A moment is told in the reader's zone, and names it: a file is written in another one."""
    if isinstance(value, datetime):
        return date_format(timezone.localtime(value), "j M Y, H:i e")
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, dict):
        return ", ".join(f"{name.replace('_', ' ')} {each}" for name, each in value.items())
    return str(value)
