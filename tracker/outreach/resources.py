"""The marketing resources of a programme year, as its rulebook lists them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tracker.core.content import Bilingual
from tracker.programmes.models import Programme
from tracker.programmes.queries import find_rulebook
from tracker.programmes.rulebook import Option, Source

RULES = ("marketing.activities", "marketing.links", "resources.technical")
OFFERED = ("marketing.activities", "marketing.links")
"""Through what an exposure can come."""


@dataclass(frozen=True)
class ResourceList:
    """A list of the rulebook with where it stands."""

    id: str
    title: Bilingual
    source: Source
    options: Sequence[Option]


def lists_of(programme: Programme | None) -> list[ResourceList]:
    """Give what a programme year offers; nothing where its rulebook lists nothing or cannot be read."""
    held = find_rulebook(programme) if programme is not None else None
    if held is None or held.rulebook is None:
        return []
    found = (held.rulebook.find_rule(rule_id) for rule_id in RULES)
    return [ResourceList(rule.id, rule.text, rule.source, rule.options) for rule in found if rule is not None]


def choices_of(programmes: Iterable[Programme], language: str) -> list[tuple[str, str]]:
    """Give every marketing resource of the programme years, each once, the newest year's words first."""
    found: dict[str, str] = {}
    for programme in programmes:
        for one in lists_of(programme):
            if one.id in OFFERED:
                for option in one.options:
                    found.setdefault(option.id, option.text.of(language))
    return list(found.items())
