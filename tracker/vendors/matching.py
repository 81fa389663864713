"""Which vendor somebody means: by UBN, known person, name or mail domain, each match with its reason and confidence.

The directory is read once and asked many times, so that a list of 20,000 people costs four queries.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeAlias

from sqlalchemy import select

from tracker.accounts.access import Actor
from tracker.accounts.models import User
from tracker.core.db import read
from tracker.core.halfwidth import squeeze
from tracker.core.text import N_, Labelled
from tracker.core.ubn import is_valid_ubn
from tracker.imports.rules import Confidence
from tracker.vendors import names, permissions
from tracker.vendors.models import Contact, Membership, Organisation

SIMILAR = 0.6
"""How much of two names must agree, by pairs of characters, for one to be offered for the other."""
MOST_OFFERED = 5
EVERYBODYS = 3
"""A domain of so many vendors tells no longer which of them is meant."""


class Reason(Labelled):
    """What a match stands on."""

    UBN = "ubn", N_("Same UBN")
    PERSON = "person", N_("Known mail address")
    NAME = "name", N_("Same name, legal form aside")
    DOMAIN = "domain", N_("Same mail domain")
    PERSON_NAME = "person_name", N_("A contact has this name")
    SIMILAR = "similar", N_("Similar name")


_WORTH = {
    Reason.UBN: 6,
    Reason.PERSON: 5,
    Reason.NAME: 4,
    Reason.DOMAIN: 3,
    Reason.PERSON_NAME: 2,
    Reason.SIMILAR: 1,
}
_TELLING = (Reason.UBN, Reason.PERSON, Reason.NAME)
"""Reasons that may not contradict each other."""
Found: TypeAlias = dict[Reason, frozenset[int]]


@dataclass(frozen=True)
class Clues:
    """What is known of somebody's organisation; nothing where nothing is known."""

    ubn: str = ""
    name: str = ""
    email: str = ""
    person: str = ""


@dataclass(frozen=True)
class Candidate:
    """A vendor that may be meant, with what speaks for it, the strongest first."""

    vendor_id: int
    name: str
    ubn: str
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class Match:
    """What was found: the vendors that may be meant, the best first, and how sure the best is."""

    candidates: tuple[Candidate, ...] = ()
    confidence: Confidence | None = None
    """Nothing where nobody was found."""

    @property
    def sure(self) -> Candidate | None:
        """Give the vendor that is taken without asking a person."""
        return self.candidates[0] if self.candidates and self.confidence is not Confidence.DOUBTFUL else None


@dataclass
class Directory:
    """The vendors that an actor may know of, by everything that tells which is meant."""

    vendors: dict[int, tuple[str, str]] = field(default_factory=dict)
    """Name and UBN by id."""
    _ubns: dict[str, int] = field(default_factory=dict)
    _full_names: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    _names: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    _mails: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    _domains: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    _people: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    _grams: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    _similar: dict[str, frozenset[int]] = field(default_factory=dict)

    @classmethod
    def read(cls, actor: Actor) -> "Directory":
        """Read what the actor may know."""
        found, visible = cls(), permissions.visible(actor)
        vendors = select(
            Organisation.id, Organisation.ubn, Organisation.name_zh, Organisation.name_en, Organisation.website
        )
        for row in read(vendors.where(visible)):
            found.add(row.id, row.ubn, (row.name_zh, row.name_en), website=row.website)
        contacts = select(Contact.organisation_id, Contact.email, Contact.name).join(Contact.organisation)
        members = select(Membership.organisation_id, User.email, User.name).join(Membership.organisation)
        members = members.join(Membership.user).where(Membership.ended_at.is_(None))
        for statement in (contacts.where(Contact.removed_at.is_(None)), members):
            for vendor_id, email, name in read(statement.where(visible)):
                found.add_person(vendor_id, email, name)
        return found

    def add(self, vendor_id: int, ubn: str, known_as: Iterable[str], *, website: str = "") -> None:
        """Take in a vendor."""
        shown = [name for name in known_as if name.strip()]
        self.vendors[vendor_id] = (shown[0] if shown else ubn, ubn)
        self._ubns[ubn] = vendor_id
        for name in shown:
            core = names.core_name(name)
            self._full_names[names.fold_name(name)].add(vendor_id)
            self._names[core].add(vendor_id)
            for gram in names.bigrams_of(core):
                self._grams[gram].add(core)
        self._similar.clear()
        if domain := names.domain_of_website(website):
            self._domains[domain].add(vendor_id)

    def add_person(self, vendor_id: int, email: str, name: str) -> None:
        """Take in a person of a vendor."""
        if email.strip():
            self._mails[names.fold_mail(email)].add(vendor_id)
        if domain := names.domain_of_mail(email):
            self._domains[domain].add(vendor_id)
        if person := names.fold_person(name):
            self._people[person].add(vendor_id)

    def by_ubn(self, ubn: str) -> int | None:
        """Find the vendor with this UBN."""
        return self._ubns.get(ubn)

    def match(self, clues: Clues) -> Match:
        """Say which vendor is meant, why, and how sure that is."""
        found = self._find(clues)
        if not found:
            return Match()
        return Match(self._offer(found), self._confidence(found, clues))

    def _find(self, clues: Clues) -> Found:
        ubn = squeeze(clues.ubn)
        core = names.core_name(clues.name) if clues.name.strip() else ""
        domain = self._domains.get(names.domain_of_mail(clues.email), set())
        parts: dict[Reason, Iterable[int]] = {
            Reason.UBN: {self._ubns[ubn]} if ubn in self._ubns else (),
            Reason.PERSON: self._mails.get(names.fold_mail(clues.email), ()) if clues.email.strip() else (),
            Reason.NAME: self._named(clues.name, core) if core else (),
            Reason.DOMAIN: domain if len(domain) < EVERYBODYS else (),
            Reason.PERSON_NAME: self._people.get(names.fold_person(clues.person), ()) if clues.person.strip() else (),
        }
        found = {reason: frozenset(ids) for reason, ids in parts.items() if ids}
        if core and not any(reason in found for reason in _TELLING) and (similar := self._alike(core)):
            found[Reason.SIMILAR] = similar
        return found

    def _named(self, name: str, core: str) -> Iterable[int]:
        """Find by name: the legal form decides where several have the same name but for it."""
        ids = self._names.get(core, set())
        exact = self._full_names.get(names.fold_name(name), set()) if len(ids) > 1 else set()
        return exact or ids

    def _alike(self, core: str) -> frozenset[int]:
        if core not in self._similar:
            grams = names.bigrams_of(core)
            near = {other for gram in grams for other in self._grams.get(gram, ())}
            alike = {other for other in near if _likeness(grams, core, other) >= SIMILAR}
            self._similar[core] = frozenset(key for other in alike for key in self._names[other])
        return self._similar[core]

    def _offer(self, found: Found) -> tuple[Candidate, ...]:
        reasons: dict[int, list[Reason]] = defaultdict(list)
        for reason in _WORTH:
            for vendor_id in found.get(reason, ()):
                reasons[vendor_id].append(reason)
        best = sorted(reasons, key=lambda key: (-max(_WORTH[one] for one in reasons[key]), -len(reasons[key]), key))
        return tuple(Candidate(key, *self.vendors[key], tuple(reasons[key])) for key in best[:MOST_OFFERED])

    def _confidence(self, found: Found, clues: Clues) -> Confidence:
        """Tell how sure the best candidate is: reasons that contradict each other, or several vendors, leave a doubt."""
        strongest = next(reason for reason in _WORTH if reason in found)
        if strongest in (Reason.PERSON_NAME, Reason.SIMILAR) or len(found[strongest]) > 1:
            return self._settled(found, strongest)
        chosen = found[strongest]
        telling = [found[reason] for reason in _TELLING if reason in found]
        (vendor_id,) = chosen
        if any(vendor_id not in others for others in telling) or self._is_another_ubn(clues.ubn, vendor_id):
            return Confidence.DOUBTFUL
        return Confidence.CERTAIN if strongest in (Reason.UBN, Reason.PERSON) else Confidence.LIKELY

    def _settled(self, found: Found, strongest: Reason) -> Confidence:
        """Let a second reason decide between several vendors that the strongest one gives."""
        others = [ids for reason, ids in found.items() if reason is not strongest and reason is not Reason.SIMILAR]
        both = found[strongest].intersection(*others) if others else frozenset[int]()
        first = self._offer(found)[0].vendor_id
        weak = strongest in (Reason.PERSON_NAME, Reason.SIMILAR)
        return Confidence.LIKELY if not weak and both == {first} else Confidence.DOUBTFUL

    def _is_another_ubn(self, typed: str, vendor_id: int) -> bool:
        """Tell whether a sound UBN was given that is not this vendor's."""
        ubn = squeeze(typed)
        return is_valid_ubn(ubn) and ubn != self.vendors[vendor_id][1]


def _likeness(grams: frozenset[str], core: str, other: str) -> float:
    """Tell how alike two names are, from 0 to 1; one that holds the whole other, such as a branch, is alike."""
    if min(len(core), len(other)) > 2 and (core in other or other in core):  # noqa: PLR2004 - two signs are in many names
        return 1.0
    theirs = names.bigrams_of(other)
    return 2 * len(grams & theirs) / (len(grams) + len(theirs))
