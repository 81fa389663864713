"""What the rulebook of a programme year says about proofs of concept."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tracker.core.content import Bilingual
from tracker.core.errors import Refused
from tracker.core.text import N_
from tracker.poc.rules.funding import Period
from tracker.programmes.models import Programme
from tracker.programmes.queries import rulebook_of
from tracker.programmes.rulebook import Rulebook


@dataclass(frozen=True)
class Terms:
    """The terms of a programme year, as its rulebook states them now."""

    rulebook: Rulebook
    required: int
    """Self-funding in whole NT$."""
    least_trials: int
    year: Period
    tax_percent: Decimal
    needs_camp: bool
    """Whether a vendor takes part in the co-creation camp before its proof is accepted."""

    @property
    def cost_kinds(self) -> Mapping[str, Bilingual]:
        """Name the kinds of cost by their ids."""
        return {option.id: option.text for option in self.rulebook.options("poc.cost-kinds")}

    def text(self, rule_id: str) -> Bilingual:
        """Give the words of a rule."""
        return self.rulebook.rule(rule_id).text

    def period(self, starts_on: date, ends_on: date) -> Period:
        """Give the days in which money counts: those of the proof of concept that lie within the programme year."""
        return Period(max(starts_on, self.year.starts_on), min(ends_on, self.year.ends_on))


def terms_of(programme: Programme) -> Terms:
    """Read the terms of a programme year, or refuse where the programme asks for no proof of concept."""
    book = rulebook_of(programme)
    if book.find_rule("poc.self-funding") is None:
        raise Refused(
            N_("The programme %(name)s asks for no proof of concept."),
            name=Bilingual(programme.name_zh, programme.name_en),
        )
    return Terms(
        rulebook=book,
        required=book.amount("poc.self-funding"),
        least_trials=book.count("poc.least-trial-customers"),
        year=Period(book.day("period.begins"), book.day("period.ends")),
        tax_percent=book.share("poc.business-tax"),
        needs_camp=book.holds("camp.required"),
    )
