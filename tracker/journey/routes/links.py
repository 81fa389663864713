"""Where the links of a playbook lead: other playbooks, rules of a programme year, templates, terms of the glossary."""

from collections.abc import Callable
from functools import cache

from flask import url_for

from tracker.accounts.access import current_actor
from tracker.journey import playbook_shelf, queries
from tracker.journey.models import Engagement
from tracker.journey.playbook import Playbook
from tracker.journey.playbook_shelf import Links
from tracker.programmes import queries as programmes
from tracker.programmes.models import Programme


def links_of(playbook: Playbook, language: str, engagement: Engagement | None = None) -> Links:
    """Lead every link of a playbook to its page; inside an engagement to the versions and the year that it holds."""
    written = playbook_shelf.addresses(playbook, language)
    others = {address: place for address in written if (place := playbook.leads_to(address))}
    versions = queries.versions_at({path for path, _anchor in others.values()}, engagement)
    schemes = {"rule": _rule_pages(engagement), "template": _template_page, "term": _term_page}
    found = []
    for address in written:
        scheme, _, name = address.partition(":")
        if address in others:
            path, anchor = others[address]
            if path in versions:
                found.append((address, playbook_page(versions[path], engagement, anchor)))
        elif scheme in schemes:
            found.append((address, schemes[scheme](name)))
    return tuple(found)


def playbook_page(version_id: int, engagement: Engagement | None, anchor: str = "") -> str:
    """Give the page of a playbook version, with the state of its items where it is read in an engagement."""
    if engagement is None:
        return url_for("journey.playbook_version", version_id=version_id, _anchor=anchor or None)
    return url_for(
        "journey.read_in_engagement", engagement_id=engagement.id, version_id=version_id, _anchor=anchor or None
    )


def _template_page(name: str) -> str:
    return url_for("overview.template", template_id=name)


def _term_page(name: str) -> str:
    return url_for("overview.glossary_page", _anchor=f"term-{name}")


def _rule_pages(engagement: Engagement | None) -> Callable[[str], str]:
    """Make a finder of rules: in the engagement's own year where that has the rule, else in the newest that has it."""
    own = engagement.programme.roc_year if engagement is not None else None

    @cache
    def years() -> list[Programme]:
        found = programmes.programmes(actor=current_actor())
        return sorted(found, key=lambda year: (year.roc_year != own, -year.roc_year))

    def find(name: str) -> str:
        code, _, rule_id = name.partition("/")
        for year in years():
            held = programmes.find_rulebook(year) if year.code == code else None
            if held is not None and held.rulebook is not None and held.rulebook.find_rule(rule_id) is not None:
                return url_for("programmes.show", programme_id=year.id, _anchor=f"rule-{rule_id}")
        return url_for("programmes.index")

    return find
