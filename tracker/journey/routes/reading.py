"""A playbook as a page shows it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import g
from markupsafe import Markup

from tracker.core.markdown import Heading
from tracker.journey import playbook_shelf
from tracker.journey.models import Engagement
from tracker.journey.playbook import Playbook
from tracker.journey.queries import ItemRow
from tracker.journey.routes.links import links_of

DEEPEST = 3


@dataclass(frozen=True)
class Reading:
    """The texts of a playbook in the reader's language, and the state of its items where it is read in an engagement."""

    playbook: Playbook
    before: Markup
    after: Markup
    lines: Mapping[str, Markup]
    helps: Mapping[str, Markup]
    contents: Sequence[Heading]
    states: Mapping[str, ItemRow]
    """By the whole key of the item."""


def read(
    playbook: Playbook, engagement: Engagement | None = None, states: Mapping[str, ItemRow] | None = None
) -> Reading:
    """Prepare a playbook for the page that shows it."""
    language = g.get("language", "zh-Hant")
    html = playbook_shelf.rendered(playbook, language, links_of(playbook, language, engagement))
    return Reading(
        playbook,
        _safe(html.before),
        _safe(html.after),
        {key: _safe(text) for key, text in html.lines.items()},
        {key: _safe(text) for key, text in html.helps.items()},
        [heading for heading in html.contents if heading.level <= DEEPEST],
        states or {},
    )


def help_of(playbook: Playbook, key: str, engagement: Engagement) -> Markup:
    """Give the help of one item of an engagement."""
    language = g.get("language", "zh-Hant")
    return _safe(playbook_shelf.rendered(playbook, language, links_of(playbook, language, engagement)).helps[key])


def _safe(html: str) -> Markup:
    return Markup(html)  # noqa: S704 - sanitised by core.markdown
