"""Links to a template: who has one may look, as long as the team allows it and the link is not revoked."""

import hashlib
import secrets

from accounts import audit
from accounts.models import Team, User
from editor.lib.tx import writing
from editor.library.models import ShareLink, Sharing, Template

MOST = 20


class Refused(Exception):
    """No link is made; the message says why."""


def allowed(team: Team) -> bool:
    return Sharing.objects.filter(team=team, by_link=True).exists()


def allow(team: Team, *, actor: User, by_link: bool) -> None:
    """Set it for a team; links that exist stop working, and work again."""
    with writing():
        Sharing.objects.update_or_create(team=team, defaults={"by_link": by_link})
        verb = "links.allowed" if by_link else "links.forbidden"
        audit.record(team, actor, verb, "Links to templates")


def make(template: Template, *, actor: User) -> str:
    """A new link; its token, which is shown once and not kept. Raises Refused."""
    team = template.team
    token = secrets.token_urlsafe(32)
    with writing():
        if team is None or not allowed(team):
            raise Refused("Your team does not show templates by link. An admin can allow it here.")
        if template.links.count() >= MOST:
            raise Refused(f"A template has at most {MOST} links. Revoke one first.")
        link = ShareLink.objects.create(template=template, digest=_digest(token), created_by=actor)
        audit.record(team, actor, "link.made", template.title, link=link.public_id)
    return token


def revoke(template: Template, public_id: str, *, actor: User) -> None:
    """From now on it leads nowhere. Nothing happens when it is revoked already."""
    with writing():
        gone, _ = template.links.filter(public_id=public_id).delete()
        if gone and template.team:
            audit.record(template.team, actor, "link.revoked", template.title, link=public_id)


def template_of(token: str) -> Template | None:
    """What the link shows; None for any that does not work, whyever."""
    found = (
        ShareLink.objects.select_related("template__team", "template__created_by")
        .filter(digest=_digest(token), template__withdrawn_at=None)
        .filter(template__team__sharing__by_link=True)
        .first()
    )
    return found.template if found else None


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
