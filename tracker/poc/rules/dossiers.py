"""Dossiers: how much of a person each level shows."""

from tracker.core.errors import Refused
from tracker.core.text import N_, Labelled


class DossierState(Labelled):
    """Where the making of a dossier stands."""

    WAITING = "waiting", N_("Waits for its turn"), "progress"
    DONE = "done", N_("Made"), "done"
    FAILED = "failed", N_("Could not be made"), "danger"


class Redaction(Labelled):
    """How much of the people in it a dossier shows."""

    FULL = "full", N_("In full: every file and every name"), "neutral"
    MASKED = "masked", N_("Masked: names, addresses and phone numbers hidden, papers with them withheld"), "neutral"
    FIGURES = "figures", N_("Figures only: no files, customers by number"), "neutral"


def check_not_waiting(states: list[DossierState]) -> None:
    """Refuse to ask for a dossier twice at once."""
    if DossierState.WAITING in states:
        raise Refused(N_("A dossier is being made already. Wait until it is there."))


def mask_name(name: str) -> str:
    """Hide a person's name, all but how it begins."""
    shown = name.strip()
    return f"{shown[:1]}○○" if shown else ""


def mask_email(email: str) -> str:
    """Hide who a mail address belongs to, but not which house it lies in."""
    local, at, domain = email.rpartition("@")
    return f"{local[:1]}***{at}{domain}" if at else ""


def mask_phone(phone: str) -> str:
    """Hide a phone number, all but its last three signs."""
    return f"***{phone[-3:]}" if phone else ""
