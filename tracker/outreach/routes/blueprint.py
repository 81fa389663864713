"""The blueprint that the pages of outreach are part of, and words that several of them say."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, current_app, g, request, url_for
from flask_babel import gettext as _

from tracker.accounts.access import Actor
from tracker.accounts.rules import Role
from tracker.core.content import Bilingual
from tracker.outreach import permissions
from tracker.outreach.forms import year_choices
from tracker.programmes.queries import programmes

bp = Blueprint("outreach", __name__, template_folder="../templates")


@dataclass(frozen=True)
class Tab:
    """A list beside the others."""

    url: str
    label: str
    current: bool


def tabs() -> list[Tab]:
    """Give the lists of outreach."""
    lists = (
        ("outreach.index", _("Exposures")),
        ("outreach.leads", _("Matches")),
        ("outreach.pages", _("Public pages")),
        ("outreach.resources", _("Resources")),
    )
    return [Tab(url_for(endpoint), label, request.endpoint == endpoint) for endpoint, label in lists]


def pick(zh: str, en: str | None) -> str:
    """Give a name in the reader's language; where there is no English one, the Chinese."""
    return en if g.get("language") == "en" and en else zh


def words_of(text: Bilingual) -> str:
    """Give a text in the reader's language."""
    return text.of(str(g.get("language", "zh-Hant")))


def own_vendor(actor: Actor, asked: int | None) -> int | None:
    """Give the vendor for whom something is added from a list: the one it is narrowed to, or a member's only one."""
    own = actor.scope("organisation") if actor.has(Role.VENDOR) else frozenset[int]()
    reached = own | (actor.scope("counselled") if actor.has(Role.EXPERT) else frozenset())
    if asked is not None:
        return asked if actor.is_office or asked in reached else None
    return next(iter(own)) if len(own) == 1 else None


def year_filter(actor: Actor) -> list[tuple[int, str]]:
    """Offer the programme years in a filter."""
    return year_choices(programmes(actor=actor))


def public_address(path: str) -> str:
    """Give an address as the world sees it."""
    return str(current_app.config["SETTINGS"].base_url).rstrip("/") + path


@bp.context_processor
def shared() -> dict[str, Any]:
    """Let the pages of outreach name things in the reader's language, and ask who may do what."""
    return {"pick": pick, "words_of": words_of, "permissions": permissions, "tabs_of_outreach": tabs}
