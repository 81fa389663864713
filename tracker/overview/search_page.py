"""Search across vendors, engagements, sessions and playbooks, narrowed to what the reader may see."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import url_for
from sqlalchemy import ColumnElement, and_, select

from tracker.accounts.access import Actor, for_actors
from tracker.coaching import permissions as coaching_permissions
from tracker.coaching.models import CoachingSession
from tracker.core import search
from tracker.core.db import read
from tracker.core.keyset import AnySelect
from tracker.core.search import DocumentKind, SearchDocument
from tracker.journey import permissions as journey_permissions
from tracker.journey.models import Engagement
from tracker.sandboxes import permissions as sandbox_permissions
from tracker.sandboxes.models import Sandbox
from tracker.vendors import permissions as vendor_permissions
from tracker.vendors.models import Organisation

EACH = 20
EXCERPT_BEFORE, EXCERPT_LENGTH = 30, 120


@dataclass(frozen=True)
class Hit:
    """A match as the page shows it."""

    title: str
    excerpt: str
    url: str


@dataclass(frozen=True)
class Group:
    """The matches of one kind; `has_more` when there are others than those shown."""

    kind: DocumentKind
    hits: list[Hit]
    has_more: bool


def find_groups(query: str, actor: Actor, kind: DocumentKind | None = None) -> list[Group]:
    """Find what holds the query, kind by kind; one kind alone when it is given."""
    words = search.words_in(query)
    if words is None:
        return []
    groups = []
    for each in [kind] if kind else list(DocumentKind):
        values = {**search.values_of(query, each), **actor.parameters}
        documents = read(_documents(actor, each, words), values).all()
        hits = [Hit(document.title, excerpt(document.body, query), address(document)) for document in documents[:EACH]]
        if hits:
            groups.append(Group(each, hits, len(documents) > EACH))
    return groups


@for_actors
def _documents(actor: Actor, kind: DocumentKind, words: int) -> AnySelect:
    return search.documents(scope_of(kind, actor), [kind], words, EACH + 1)


PUBLIC = frozenset({DocumentKind.PLAYBOOK, DocumentKind.SOLUTION})
"""What everybody who may search may find."""
OF_ENGAGEMENTS = frozenset({DocumentKind.ASSESSMENT, DocumentKind.POC})
"""What whoever sees the engagement may find."""
SCOPES: Mapping[DocumentKind, tuple[Any, Callable[[Actor], ColumnElement[bool]]]] = {
    DocumentKind.VENDOR: (Organisation.id, vendor_permissions.visible),
    DocumentKind.ENGAGEMENT: (Engagement.id, journey_permissions.visible),
    DocumentKind.SESSION: (CoachingSession.id, coaching_permissions.visible),
    DocumentKind.SANDBOX: (Sandbox.id, sandbox_permissions.visible),
}
"""The key of what a document is about, and the condition of that feature's own lists."""


def scope_of(kind: DocumentKind, actor: Actor) -> ColumnElement[bool]:
    """Give the condition on documents of a kind: the same as that of the kind's own lists."""
    if kind in PUBLIC:
        return SearchDocument.kind == kind
    if kind in OF_ENGAGEMENTS:
        return _exists(SearchDocument.engagement_id, Engagement.id, journey_permissions.visible(actor))
    key, visible = SCOPES[kind]
    return _exists(SearchDocument.subject_id, key, visible(actor))


def _exists(subject: object, key: object, condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return select(1).where(and_(key == subject, condition)).exists()  # type: ignore[arg-type]  # columns compare to conditions


def address(document: Any) -> str:
    """Give the page that shows the subject of a document."""
    pages = {
        DocumentKind.VENDOR: ("vendors.show", "vendor_id"),
        DocumentKind.ENGAGEMENT: ("journey.show", "engagement_id"),
        DocumentKind.SESSION: ("coaching.show", "session_id"),
        DocumentKind.PLAYBOOK: ("journey.playbook_version", "version_id"),
        DocumentKind.ASSESSMENT: ("assessments.show", "assessment_id"),
        DocumentKind.POC: ("poc.show", "poc_id"),
        DocumentKind.SOLUTION: ("outreach.solution", "page_id"),
        DocumentKind.SANDBOX: ("sandboxes.show", "sandbox_id"),
    }
    endpoint, name = pages[document.kind]
    values: dict[str, int] = {name: document.subject_id}
    return url_for(endpoint, **values)  # type: ignore[arg-type]  # Flask's own keywords are never meant


def excerpt(body: str, query: str) -> str:
    """Cut the body around the first word of the query."""
    words = query.split()
    at = body.casefold().find(words[0].casefold()) if words else -1
    start = max(0, at - EXCERPT_BEFORE)
    cut = " ".join(body[start : start + EXCERPT_LENGTH].split())
    return f"{'…' if start else ''}{cut}{'…' if start + EXCERPT_LENGTH < len(body) else ''}"
