"""Work of the workers in sentences: what it is, what went wrong, and what to do about it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from tracker.core.queue import Work
from tracker.core.text import N_, Message

KINDS: Mapping[str, str] = {
    "accounts.clean_up": N_("Tidy up sessions, old sign-in tries and invitations"),
    "accounts.idle": N_("Warn and end accounts that nobody uses"),
    "audit.verify": N_("Verify the chain of the audit trail"),
    "audit.weekly": N_("Ask for the weekly verification of the audit trail"),
    "events.after": N_("Find events that have ended"),
    "events.ask": N_("Ask participants how an event was"),
    "events.lapse": N_("Give places that were not taken to the next on the waiting list"),
    "events.offers": N_("Look for places that were not taken in time"),
    "events.remind": N_("Remind people of an event of tomorrow"),
    "evidence.scan": N_("Have a file checked for malware"),
    "evidence.sweep": N_("Delete what broken uploads left behind"),
    "imports.apply": N_("Import the rows of a file"),
    "imports.check": N_("Make the dry run of an import"),
    "imports.forget": N_("Delete files and rows of imports that are over"),
    "imports.read": N_("Read a file that is to be imported"),
    "imports.undo": N_("Undo an import"),
    "notifications.remind": N_("Find out who is to be reminded"),
    "notifications.send_mail": N_("Send a mail"),
    "notifications.tell_person": N_("Write one person's message of the day"),
    "poc.dossier": N_("Make a dossier"),
    "poc.receipt": N_("Make the receipt of a confirmed trial"),
    "sandboxes.drift": N_("Ask for the comparison of sandboxes with their clouds"),
    "sandboxes.drills": N_("Ask for the backup drills of the month"),
    "sandboxes.sweep": N_("Look for sandboxes whose time is over"),
    "upkeep.forget": N_("Delete what nobody needs any more"),
    "upkeep.review": N_("Say whose rights wait for a review"),
    "upkeep.old_logs": N_("Delete old log files"),
}
UNKNOWN = N_("Work of another version of CloudSteps")
ROLES: Mapping[str, str] = {"worker": N_("Worker"), "scheduler": N_("Scheduler"), "web": N_("Web")}

_REASONS: tuple[tuple[tuple[str, ...], str], ...] = (
    (
        ("Hopeless: The mail server offers no encryption",),
        N_("The mail server offers no encryption. Mend the setting CLOUDSTEPS_SMTP_URL, then try again."),
    ),
    (("Hopeless: This is no mail address",), N_("The mail address cannot be written to. Correct it, then drop this.")),
    (
        ("Hopeless: The mail server refused",),
        N_("The mail server refused the mail for good. Check the recipient's address and the sender, then try again."),
    ),
    (
        ("SMTPAuthentication",),
        N_("The mail server did not take our name and password. Mend the setting, then try again."),
    ),
    (("SMTP",), N_("The mail server answered that it cannot take the mail. Try again later.")),
    (
        ("Hopeless: The worker was lost",),
        N_("The worker was lost over this each time: perhaps memory ran out. Look at the log before you try again."),
    ),
    (("Hopeless: No worker",), N_("No worker of this version knows this work. Start a worker of the newer version.")),
    (
        ("ScannerFault",),
        N_("The malware scanner could not be reached or gave no verdict. Check that it runs, then try again."),
    ),
    (
        ("ConnectionRefused", "ConnectionReset", "TimeoutError", "gaierror", "BrokenPipe", "ConnectionError"),
        N_("A server that is needed could not be reached. Check that it runs, then try again."),
    ),
    (("OperationalError", "InterfaceError"), N_("The database was away or busy. Try again.")),
    (
        ("OSError", "PermissionError", "FileNotFound"),
        N_("A file could not be read or written. Check the disk, then try again."),
    ),
)
UNEXPECTED = N_("Something unexpected went wrong. Try again; if it comes back, give the technical text to support.")


def title_of(work: Work) -> str:
    """Say what a piece of work is."""
    return KINDS.get(work.kind, UNKNOWN)


def reason_of(error: str | None) -> str | None:
    """Say what went wrong, from the technical text that was kept."""
    if not error:
        return None
    return next((said for marks, said in _REASONS if error.startswith(marks)), UNEXPECTED)


def about(payload: Mapping[str, Any]) -> Message | None:
    """Say what a piece of work is about: the mail, or the day."""
    if isinstance(mail_id := payload.get("mail_id"), int):
        return Message(N_("mail %(number)s"), {"number": mail_id})
    if isinstance(day := payload.get("day"), str):
        return Message(N_("for %(day)s"), {"day": date.fromisoformat(day)})
    return None
