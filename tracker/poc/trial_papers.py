"""The papers of a trial as PDF: the form to be signed, and the receipt of a confirmation, set from data."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from flask import g
from flask_babel import gettext as _

from tracker.core.content import Bilingual
from tracker.poc.models import Trial, TrialConfirmation
from tracker.poc.queries.trials import questionnaire_of
from tracker.poc.rules.confirmation import Way
from tracker.poc.rules.trials import FACT_LABELS, Facts
from tracker.programmes.rulebook import Rulebook
from tracker.web.filters import show_date, show_datetime, show_name, show_number
from tracker.web.typeset import make_pdf

TEMPLATE = Path(__file__).parent / "documents" / "trial_paper.typ"
DAYS = frozenset({"begins_on", "ends_on"})
LEFT_BLANK = "________________"
HOLLOW, FULL = "□", "■"


def show_fact(name: str, value: Any) -> str:
    """Write a fact for the reader."""
    if value is None or value == "":
        return str(_("not given"))
    if name in DAYS:
        return show_date(date.fromisoformat(value) if isinstance(value, str) else value)
    return show_number(value) if isinstance(value, int) else str(value)


def fact_rows(facts: Mapping[str, Any]) -> list[list[str]]:
    """Give the facts as labelled lines."""
    return [[_(FACT_LABELS[name]), show_fact(name, value)] for name, value in facts.items()]


def make_form(trial: Trial, facts: Facts, book: Rulebook) -> bytes:
    """Set the form that a customer signs on paper, with the questionnaire to tick."""
    language = str(g.get("language", "zh-Hant"))
    questions = [
        [rule.text.of(language), "    ".join(f"{HOLLOW} {option.text.of(language)}" for option in rule.options)]
        for rule in questionnaire_of(book)
    ]
    data = _frame(trial, _("Confirmation of a trial"), _("Form to be signed, trial %(number)s", number=trial.number))
    return make_pdf(
        TEMPLATE,
        data
        | {
            "tables": [
                {"title": _("What is confirmed"), "rows": fact_rows(facts.plain())},
                {"title": _("Questionnaire"), "rows": questions},
            ],
            "statement": book.rule("trials.statement").text.of(language),
            "note": _(
                "Correct what is wrong by hand and sign beside it. The programme office calls you before it counts."
            ),
            "signatures": [_("Name and position"), _("Signature and company seal"), _("Day")],
        },
    )


def make_receipt(confirmation: TrialConfirmation, record: Mapping[str, Any]) -> bytes:
    """Set the receipt from the sealed record itself, so that it says nothing else."""
    trial, language = confirmation.trial, str(g.get("language", "zh-Hant"))
    tables = [{"title": _("What was confirmed"), "rows": fact_rows(record["confirmed"])}]
    if record["corrections"]:
        changed = [
            [_(FACT_LABELS[name]), f"{show_fact(name, before)} → {show_fact(name, after)}"]
            for name, (before, after) in record["corrections"].items()
        ]
        tables.append({"title": _("Corrected by the customer"), "rows": changed})
    tables.append({"title": _("Questionnaire"), "rows": _answers(record["answers"], language)})
    tables.append({"title": _("Who, when and from where"), "rows": _whence(confirmation, record)})
    data = _frame(
        trial,
        _("Receipt of a confirmation"),
        _("Trial %(trial)s, confirmation %(number)s", trial=trial.number, number=confirmation.number),
    )
    return make_pdf(
        TEMPLATE,
        data
        | {
            "tables": tables,
            "statement": Bilingual(record["statement"]["zh-Hant"], record["statement"]["en"]).of(language),
            "note": _(
                "Seal (SHA-256 of the record): %(seal)s. The record is kept as evidence under this hash; one changed sign would give another.",
                seal=confirmation.seal,
            ),
            "signatures": [],
        },
    )


def _answers(answers: Sequence[Mapping[str, Any]], language: str) -> list[list[str]]:
    return [
        [one["question"][language], one["words"][language] if one["words"] else str(_("not given"))] for one in answers
    ]


def _whence(confirmation: TrialConfirmation, record: Mapping[str, Any]) -> list[list[str]]:
    signer = ", ".join(filter(None, (confirmation.signer, confirmation.signer_title)))
    rows = [
        [_("Confirmed by"), signer],
        [_("Moment"), show_datetime(datetime.fromisoformat(record["at"]))],
        [_("How it was confirmed"), _(confirmation.way.label)],
    ]
    if confirmation.way is Way.LINK:
        rows.append([_("Link mailed to"), record["link"]["mailed_to"]])
        rows.append([_("Network address"), record["from"]["address"] or _("not given")])
    else:
        rows.append([_("Signed on"), show_date(confirmation.signed_on)])
        rows.append([_("Phone call"), f"{show_date(confirmation.called_on)} · {confirmation.spoke_with}"])
    if confirmation.comment:
        rows.append([_("Remark of the customer"), confirmation.comment])
    return rows


def _frame(trial: Trial, title: str, number: str) -> dict[str, Any]:
    english = g.get("language") == "en"
    case = trial.poc.engagement
    return {
        "title": title,
        "number": number,
        "lang": "en" if english else "zh",
        "region": "us" if english else "tw",
        "programme": show_name(case.programme),
        "office": _("CloudSteps programme office"),
        "footer": f"{show_name(case.organisation)} · {show_name(case.product)}",
        "page": _("Page"),
    }
