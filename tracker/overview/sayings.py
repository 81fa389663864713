"""What each action of the audit trail is called in a sentence, and who may read it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tracker.core.text import N_, Labelled, Message
from tracker.journey.rules import EngagementState, Step
from tracker.vendors.rules import ChargingModel, VendorKind


@dataclass(frozen=True)
class Saying:
    """A sentence whose values come from a record's details."""

    sentence: str
    tone: str = "neutral"
    of_office: bool = False
    """For the office and auditors only."""
    of_counsel: bool = False
    """Not for the vendor either: a draft, or a note among those who counsel it."""


SAYINGS: Mapping[str, Saying] = {
    "vendor.added": Saying(N_("The vendor was added."), "done"),
    "vendor.changed": Saying(N_("The vendor's facts were changed.")),
    "vendor.noted": Saying(N_("The office note was changed."), of_office=True),
    "contact.added": Saying(N_("A contact was added.")),
    "contact.changed": Saying(N_("A contact was changed.")),
    "contact.removed": Saying(N_("A contact was removed.")),
    "contact.restored": Saying(N_("A removed contact was put back.")),
    "product.added": Saying(N_("The product “%(title)s” was added.")),
    "product.changed": Saying(N_("The product “%(title)s” was changed.")),
    "product.removed": Saying(N_("The product “%(title)s” was removed.")),
    "product.restored": Saying(N_("The removed product “%(title)s” was put back.")),
    "customer.added": Saying(N_("The customer “%(title)s” was added.")),
    "customer.changed": Saying(N_("The customer “%(title)s” was changed.")),
    "customer.removed": Saying(N_("The customer “%(title)s” was removed.")),
    "customer.restored": Saying(N_("The removed customer “%(title)s” was put back.")),
    "membership.began": Saying(N_("A person became a member of the vendor.")),
    "membership.ended": Saying(N_("A person's membership of the vendor was ended.")),
    "invitation.sent": Saying(N_("A person was invited."), "progress"),
    "engagement.enrolled": Saying(N_("A product was enrolled in a programme year."), "done"),
    "engagement.held": Saying(N_("The engagement was put on hold."), "warning"),
    "engagement.withdrawn": Saying(N_("The engagement was withdrawn."), "warning"),
    "engagement.resumed": Saying(N_("The engagement was resumed."), "progress"),
    "engagement.finished": Saying(N_("The engagement has finished all four steps."), "done"),
    "engagement.playbook_moved": Saying(N_("The engagement moved to a newer playbook.")),
    "expert.assigned": Saying(N_("An expert was assigned.")),
    "expert.released": Saying(N_("An expert's assignment was ended.")),
    "item.submitted": Saying(N_("“%(item)s” was handed in for verification."), "progress"),
    "item.fulfilled": Saying(N_("“%(item)s” was fulfilled by a record of the programme."), "done"),
    "item.verified": Saying(N_("“%(item)s” was verified."), "done"),
    "item.returned": Saying(N_("“%(item)s” was returned."), "warning"),
    "item.not_applicable": Saying(N_("“%(item)s” was said not to apply.")),
    "item.undone": Saying(N_("A change of “%(item)s” was undone.")),
    "item.commented": Saying(N_("“%(item)s” was commented on.")),
    "item.evidence_attached": Saying(N_("Evidence was attached to “%(item)s”.")),
    "item.evidence_removed": Saying(N_("Evidence was taken off “%(item)s”.")),
    "gate.proposed": Saying(N_("The gate of “%(step)s” was proposed."), "progress"),
    "gate.returned": Saying(N_("The gate of “%(step)s” was returned."), "warning"),
    "gate.passed": Saying(N_("The gate of “%(step)s” was passed."), "done"),
    "gate.overridden": Saying(N_("The gate of “%(step)s” was passed by override."), "danger"),
    "session.logged": Saying(N_("A coaching session was logged."), of_counsel=True),
    "session.changed": Saying(N_("A session record was changed."), of_counsel=True),
    "session.submitted": Saying(N_("A session record was submitted."), "progress"),
    "session.taken_back": Saying(N_("A session record was taken back."), of_counsel=True),
    "session.acknowledged": Saying(N_("The vendor acknowledged a session record."), "done"),
    "session.closed": Saying(N_("A session record was closed."), "done"),
    "session.addendum_added": Saying(N_("A note was added to a session record.")),
    "session.photo_added": Saying(N_("A file was added to a session record.")),
    "action.added": Saying(N_("An action was agreed.")),
    "action.changed": Saying(N_("An action was changed.")),
    "action.finished": Saying(N_("An action was finished."), "done"),
    "action.dropped": Saying(N_("An action was dropped.")),
    "action.reopened": Saying(N_("An action was opened again.")),
    "evidence.added": Saying(N_("A file was handed in.")),
    "evidence.linked": Saying(N_("A link was handed in.")),
    "evidence.removed": Saying(N_("Evidence was removed.")),
}
OTHER = Saying(N_("Something else was changed."), of_office=True)

FIELDS: Mapping[str, str] = {
    "ubn": N_("UBN"),
    "name": N_("Name"),
    "name_zh": N_("Chinese name"),
    "name_en": N_("English name"),
    "kind": N_("Kind"),
    "capital": N_("Capital"),
    "employees": N_("Employees"),
    "established_on": N_("Established on"),
    "phone": N_("Phone"),
    "website": N_("Website"),
    "address": N_("Postal address"),
    "profile": N_("Profile"),
    "charging_model": N_("Charged today as"),
    "target_industry": N_("Target industry"),
    "description": N_("Description"),
    "industry": N_("Industry"),
    "note": N_("Note"),
    "job_title": N_("Job title"),
    "email": N_("Mail address"),
    "is_main": N_("Main contact"),
}
WORDS: Mapping[str, type[Labelled]] = {
    "kind": VendorKind,
    "charging_model": ChargingModel,
    "state": EngagementState,
    "step": Step,
}
LONGEST = 60


def word(name: str, value: Any) -> Any:
    """Give a value as people read it: a state by its label."""
    members = WORDS.get(name)
    found = next((member for member in members if member.value == value), None) if members else None
    return Message(found.label) if found is not None else value


def is_short(value: Any) -> bool:
    """Tell whether a value can stand in a line."""
    return value is None or len(str(value)) <= LONGEST
