"""What playbooks link to by id: rules of a programme, templates, terms of the glossary."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from tracker.core import glossary
from tracker.core.content import ContentFaults
from tracker.core.text import N_
from tracker.programmes.rulebook import Rulebook
from tracker.programmes.rulebook_file import load_rulebook, rulebook_paths

TEMPLATES = Path(__file__).resolve().parents[2] / "infra_templates"
TEMPLATE_IDS = ("aws_saas", "azure_saas", "gcp_saas", "backup")
"""The templates that the product promises; `stacks/<id>` and `backup` hold them."""


@dataclass(frozen=True)
class Targets:
    """Everything that a playbook may link to by id."""

    rules: Mapping[str, Collection[str] | None]
    """Rule ids of the newest binding year, by programme; None where that rulebook cannot be read."""
    templates: Collection[str]
    terms: Collection[str]

    def wrong(self, address: str) -> str | None:
        """Say what is wrong with a link that has a scheme; nothing where it leads somewhere."""
        scheme, _, name = address.partition(":")
        if scheme == "rule":
            return None if self._has_rule(name) else N_("“%(address)s” names no rule of the newest binding rulebooks.")
        if scheme == "template":
            return None if name in self.templates else N_("“%(address)s” names no template.")
        if scheme == "term":
            return None if name in self.terms else N_("“%(address)s” names no term of the glossary.")
        return N_("The address “%(address)s” is of a kind that is not shown.")

    def _has_rule(self, name: str) -> bool:
        programme, _, rule_id = name.partition("/")
        if programme not in self.rules:
            return False
        known = self.rules[programme]
        return known is None or rule_id in known


def find_targets(root: Path) -> Targets:
    """Gather what the playbooks of a folder may link to."""
    return Targets(_rules(root), template_ids(TEMPLATES), {term.id for term in glossary.terms()})


def template_ids(folder: Path) -> tuple[str, ...]:
    """List the templates: those that are promised, and every further stack of the folder."""
    stacks = sorted(path.name for path in folder.glob("stacks/*") if (path / "README.md").is_file())
    return (*TEMPLATE_IDS, *(name for name in stacks if name not in TEMPLATE_IDS))


def _rules(root: Path) -> dict[str, Collection[str] | None]:
    """Take the newest year of each programme that is no sample; a broken file hides no fault, since it is told itself."""
    found: dict[str, Collection[str] | None] = {}
    for path in reversed(rulebook_paths(root)):
        if path.stem in found:
            continue
        rulebook = _read(path)
        if rulebook is None or not rulebook.sample:
            found[path.stem] = {rule.id for rule in rulebook.rules} if rulebook else None
    return found


def _read(path: Path) -> Rulebook | None:
    try:
        return load_rulebook(path)
    except ContentFaults:
        return None
