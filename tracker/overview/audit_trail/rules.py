"""Families of actions, and when another verification may begin."""

from collections.abc import Mapping
from datetime import date

from tracker.core.errors import Refused
from tracker.core.text import N_, Labelled
from tracker.overview.sayings import SAYINGS


class Family(Labelled):
    """What an action is about; people filter the trail by it."""

    ACCOUNTS = "accounts", N_("Accounts and rights")
    VENDORS = "vendors", N_("Vendors' records")
    PROGRAMMES = "programmes", N_("Programmes and playbooks")
    ENGAGEMENTS = "engagements", N_("Engagements and gates")
    ITEMS = "items", N_("Checklist items")
    SESSIONS = "sessions", N_("Sessions and actions")
    SANDBOXES = "sandboxes", N_("Sandboxes")
    PROOFS = "proofs", N_("Proofs of concept")
    EVIDENCE = "evidence", N_("Files and links")
    OUTREACH = "outreach", N_("Exposures, matches and public pages")
    RUNNING = "running", N_("Running the product")


OF_ADMINISTRATORS = frozenset({Family.ACCOUNTS, Family.RUNNING})
"""What whoever runs the product reads, who has no part in the counselling."""

_NOUNS: Mapping[str, Family] = {
    "user": Family.ACCOUNTS,
    "role": Family.ACCOUNTS,
    "rights": Family.ACCOUNTS,
    "invitation": Family.ACCOUNTS,
    "membership": Family.ACCOUNTS,
    "programme_member": Family.ACCOUNTS,
    "setup_code": Family.ACCOUNTS,
    "sign_in": Family.ACCOUNTS,
    "password": Family.ACCOUNTS,
    "mails": Family.ACCOUNTS,
    "feed": Family.ACCOUNTS,
    "vendor": Family.VENDORS,
    "contact": Family.VENDORS,
    "product": Family.VENDORS,
    "customer": Family.VENDORS,
    "import": Family.VENDORS,
    "event": Family.PROGRAMMES,
    "registration": Family.VENDORS,
    "attendance": Family.VENDORS,
    "certificate": Family.VENDORS,
    "survey": Family.VENDORS,
    "programme": Family.PROGRAMMES,
    "calendar": Family.PROGRAMMES,
    "playbook": Family.PROGRAMMES,
    "questionnaire": Family.PROGRAMMES,
    "quota": Family.PROGRAMMES,
    "engagement": Family.ENGAGEMENTS,
    "expert": Family.ENGAGEMENTS,
    "gate": Family.ENGAGEMENTS,
    "assessment": Family.ENGAGEMENTS,
    "component": Family.ENGAGEMENTS,
    "decision": Family.ENGAGEMENTS,
    "item": Family.ITEMS,
    "session": Family.SESSIONS,
    "action": Family.SESSIONS,
    "meeting": Family.SESSIONS,
    "sandbox": Family.SANDBOXES,
    "cloud_account": Family.SANDBOXES,
    "vault": Family.SANDBOXES,
    "poc": Family.PROOFS,
    "funding": Family.PROOFS,
    "camp": Family.PROOFS,
    "trial": Family.PROOFS,
    "dossier": Family.PROOFS,
    "evidence": Family.EVIDENCE,
    "exposure": Family.OUTREACH,
    "lead": Family.OUTREACH,
    "solution_page": Family.OUTREACH,
    "work": Family.RUNNING,
    "mail": Family.RUNNING,
    "audit": Family.RUNNING,
}
_OF_BROWSERS = frozenset({"session.ended", "session.all_ended"})
"""Sessions of a browser, not of counselling."""


def family_of(action: str) -> Family:
    """Tell what an action is about; one that is not listed counts as counselling, which the fewest may read."""
    return Family.ACCOUNTS if action in _OF_BROWSERS else _NOUNS.get(action.partition(".")[0], Family.ENGAGEMENTS)


def is_listed(action: str) -> bool:
    """Tell whether somebody has said what the action is about."""
    return action in _OF_BROWSERS or action.partition(".")[0] in _NOUNS


def actions_of(families: frozenset[Family]) -> tuple[str, ...]:
    """Give the actions of some families."""
    return tuple(action for action in SAYINGS if family_of(action) in families)


def check_asking(*, running: bool) -> None:
    """Refuse a second verification while one is under way."""
    if running:
        raise Refused(N_("The chain is being verified already. Its progress is on this page."))


def check_days(first: date | None, last: date | None) -> None:
    """Refuse a range of days that ends before it begins."""
    if first is not None and last is not None and last < first:
        raise Refused(N_("The last day lies before the first one. Swap them."), field="until")
