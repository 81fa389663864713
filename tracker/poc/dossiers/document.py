"""The dossier as one document, set by Typst from the same content as the archive."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

from flask import g
from flask_babel import gettext as _

from tracker.poc.dossiers.content import Content
from tracker.poc.rules.confirmation import ConfirmationState, Way
from tracker.poc.rules.states import EntryState, PocState
from tracker.poc.rules.trials import TrialState
from tracker.web.filters import show_date, show_datetime, show_money, show_name, show_number
from tracker.web.typeset import make_pdf

TEMPLATE = Path(__file__).parents[1] / "documents" / "dossier.typ"
SHORT = 16
"""Signs of a hash in a table; the whole of it stands in the archive's index."""


def make(content: Content) -> bytes:
    """Set the document in the language of the moment."""
    english = g.get("language") == "en"
    case = content.poc.engagement
    return make_pdf(
        TEMPLATE,
        {
            "title": _("Dossier of a proof of concept"),
            "lang": "en" if english else "zh",
            "region": "us" if english else "tw",
            "programme": show_name(case.programme),
            "office": _("CloudSteps programme office"),
            "number": f"{show_name(case.organisation)} ({case.organisation.ubn}) · {show_name(case.product)}",
            "level": _(content.level.label),
            "footer": _(
                "Made by CloudSteps on %(moment)s", moment=show_datetime(datetime.fromisoformat(content.made_at))
            ),
            "page": _("Page"),
            "facts": _facts(content),
            "texts": _texts(content),
            "tables": [
                _measures(content),
                _ledger(content),
                _trials(content),
                _confirmations(content),
                _files(content),
                _withheld(content),
                _audit(content),
            ],
        },
    )


def _facts(content: Content) -> list[list[str]]:
    money, trials = content.figures["funding"], content.figures["trials"]
    state = _(PocState(content.figures["state"]).label)
    if content.figures["accepted_by_override"]:
        state = _("%(state)s, by override", state=state)
    return [
        [_("State"), state],
        [_("Period"), f"{show_date(content.poc.starts_on)} – {show_date(content.poc.ends_on)}"],
        [_("Self-funding asked for"), show_money(money["required"])],
        [_("Verified"), show_money(money["verified"])],
        [_("Waits for verification"), show_money(money["waiting"])],
        [_("Still missing"), show_money(money["missing"])],
        [_("Trials"), show_number(trials["total"])],
        [_("Confirmed by the customer"), show_number(trials["confirmed"])],
    ]


def _texts(content: Content) -> list[list[str]]:
    poc = content.poc
    return [
        [_("Problem"), poc.problem],
        [_("Target customers"), poc.target_customers],
        [_("Value proposition"), poc.value_proposition],
        [_("Solution"), "\n".join(filter(None, (poc.solution, poc.address)))],
        [_("Architecture"), poc.architecture],
    ]


def _table(title: str, columns: list[tuple[str, int]], rows: list[list[str]], empty: str) -> dict[str, Any]:
    names, widths = [name for name, _width in columns], [width for _name, width in columns]
    return {"title": title, "columns": names, "widths": widths, "rows": rows, "empty": empty}


def _measures(content: Content) -> dict[str, Any]:
    rows = [
        [one["name"], one["unit"], one["baseline"] or "", one["target"] or "", one["result"] or "", one["how"]]
        for one in content.figures["measures"]
    ]
    columns = [
        (_("Measure"), 3),
        (_("Unit"), 1),
        (_("Before"), 1),
        (_("Target"), 1),
        (_("After"), 1),
        (_("How it is measured"), 4),
    ]
    return _table(_("Measures"), columns, rows, _("Nothing was measured."))


def _ledger(content: Content) -> dict[str, Any]:
    rows = [
        [
            str(row["number"]),
            show_date(date.fromisoformat(row["spent_on"])),
            row["payee"],
            row["voucher_number"],
            show_money(row["total"]),
            _(EntryState(row["state"]).label),
        ]
        for row in content.ledger
    ]
    columns = [(_("No."), 1), (_("Day"), 3), (_("Payee"), 4), (_("Voucher"), 3), (_("Total"), 2), (_("State"), 2)]
    return _table(_("Self-funding"), columns, rows, _("No money was entered."))


def _trials(content: Content) -> dict[str, Any]:
    rows = [
        [
            str(row["number"]),
            row["customer"],
            f"{show_date(date.fromisoformat(row['begins_on']))} – {show_date(date.fromisoformat(row['ends_on']))}",
            show_number(row["active_days"]),
            show_number(row["most_users"]),
            _(TrialState(row["state"]).label),
        ]
        for row in content.trials
    ]
    columns = [
        (_("No."), 1),
        (_("Customer"), 4),
        (_("Period"), 4),
        (_("Days with usage"), 2),
        (_("Most users on one day"), 2),
        (_("State"), 3),
    ]
    return _table(_("Trials"), columns, rows, _("Nobody has tried the solution."))


def _confirmations(content: Content) -> dict[str, Any]:
    rows = [
        [
            f"{row['number']}-{one['number']}",
            one["signer"],
            _(Way(one["way"]).label),
            show_datetime(datetime.fromisoformat(one["at"])),
            _(ConfirmationState(one["state"]).label),
            one["seal"],
        ]
        for row in content.trials
        for one in row["confirmations"]
    ]
    columns = [
        (_("No."), 1),
        (_("Signed by"), 2),
        (_("How it was confirmed"), 2),
        (_("Moment"), 3),
        (_("State"), 2),
        (_("Seal"), 4),
    ]
    return _table(_("Confirmations"), columns, rows, _("No customer has confirmed."))


def _files(content: Content) -> dict[str, Any]:
    rows = [[one["path"], one["name"], one["sha256"]] for one in content.index]
    return _table(
        _("Files of the archive"),
        [(_("Path"), 3), (_("Handed in as"), 3), (_("SHA-256"), 5)],
        rows,
        _("No file belongs to this level."),
    )


def _withheld(content: Content) -> dict[str, Any]:
    said = {
        "level": _("withheld at this level"),
        "scan": _("not found clean by the malware scanner"),
        "missing": _("not found in the store"),
        "link": _("a link, not a file"),
    }
    rows = [[one["name"] or "–", said[one["why"]], one["sha256"]] for one in content.withheld]
    return _table(
        _("Files left out"),
        [(_("File"), 3), (_("Why"), 3), (_("SHA-256"), 5)],
        rows,
        _("Nothing was left out."),
    )


def _audit(content: Content) -> dict[str, Any]:
    rows = [
        [str(row["sequence"]), show_datetime(datetime.fromisoformat(row["at"])), row["action"], row["hash"][:SHORT]]
        for row in content.audit
    ]
    return _table(
        _("Audit extract"),
        [(_("Record"), 1), (_("Moment"), 3), (_("What"), 4), (_("Hash"), 3)],
        rows,
        _("There is no record."),
    )
