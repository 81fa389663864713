"""What each action of the audit trail is called in a sentence, and who may read it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tracker.accounts.rules import Role
from tracker.core.text import N_, Labelled, Message
from tracker.journey.rules import EngagementState, Step
from tracker.outreach.rules import ExposureKind
from tracker.overview.poc_sayings import POC
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
    "vendor.taken_back": Saying(
        N_("The vendor “%(name)s” was taken back with the import that had added it."), "warning"
    ),
    "attendance.taken_back": Saying(N_("The attendance at “%(title)s” was taken back with its import."), "warning"),
    "registration.taken_back": Saying(N_("A registration for “%(title)s” was taken back with its import."), "warning"),
    "import.begun": Saying(N_("A file was handed in to be imported."), of_office=True),
    "import.checked": Saying(N_("A dry run of an import was made."), of_office=True),
    "import.decided": Saying(N_("It was decided what %(rows)s rows of an import mean."), of_office=True),
    "import.applied": Saying(N_("%(rows)s rows were imported."), "done", of_office=True),
    "import.undone": Saying(N_("An import of %(rows)s rows was undone."), "warning", of_office=True),
    "import.discarded": Saying(N_("An import was discarded."), of_office=True),
    "membership.began": Saying(N_("A person became a member of the vendor.")),
    "membership.ended": Saying(N_("A person's membership of the vendor was ended.")),
    "invitation.sent": Saying(N_("A person was invited."), "progress"),
    "engagement.enrolled": Saying(N_("A product was enrolled in a programme year."), "done"),
    "engagement.held": Saying(N_("The engagement was put on hold."), "warning"),
    "engagement.withdrawn": Saying(N_("The engagement was withdrawn."), "warning"),
    "engagement.resumed": Saying(N_("The engagement was resumed."), "progress"),
    "engagement.finished": Saying(N_("The engagement has finished all four steps."), "done"),
    "engagement.playbook_moved": Saying(N_("The engagement moved to a newer playbook.")),
    "engagement.playbook_added": Saying(
        N_("The playbook “%(playbook)s” was added to the step “%(step)s”."), "progress"
    ),
    "engagement.playbook_dropped": Saying(N_("The playbook “%(playbook)s” was taken off the step “%(step)s”.")),
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
    "meeting.planned": Saying(N_("A coaching meeting was planned."), "progress"),
    "meeting.changed": Saying(N_("A planned meeting was moved.")),
    "meeting.called_off": Saying(N_("A planned meeting was called off."), "warning"),
    "action.added": Saying(N_("An action was agreed.")),
    "action.changed": Saying(N_("An action was changed.")),
    "action.finished": Saying(N_("An action was finished."), "done"),
    "action.dropped": Saying(N_("An action was dropped.")),
    "action.reopened": Saying(N_("An action was opened again.")),
    "assessment.begun": Saying(N_("Assessment %(number)s was begun."), "progress"),
    "assessment.closed": Saying(N_("Assessment %(number)s was closed."), "done"),
    "assessment.answered": Saying(N_("A question of assessment %(number)s was answered.")),
    "assessment.not_applicable": Saying(N_("A question of assessment %(number)s was said not to apply.")),
    "assessment.cleared": Saying(N_("An answer of assessment %(number)s was taken back.")),
    "assessment.evidence_attached": Saying(N_("Evidence was attached to an answer of assessment %(number)s.")),
    "assessment.evidence_removed": Saying(N_("Evidence was taken off an answer of assessment %(number)s.")),
    "component.added": Saying(N_("A component was added to assessment %(number)s.")),
    "component.changed": Saying(N_("A component of assessment %(number)s was changed.")),
    "component.removed": Saying(N_("A component was taken off assessment %(number)s.")),
    "decision.changed": Saying(N_("An expert changed what assessment %(number)s recommends."), "progress"),
    "decision.restored": Saying(N_("An expert's change of assessment %(number)s was taken back.")),
    "event.added": Saying(N_("The event “%(title)s” was added."), of_office=True),
    "event.changed": Saying(N_("The event “%(title)s” was changed."), of_office=True),
    "event.opened": Saying(N_("The event “%(title)s” was opened for registration."), "progress", of_office=True),
    "event.closed": Saying(N_("Registration for the event “%(title)s” was closed."), of_office=True),
    "event.held": Saying(N_("The event “%(title)s” was held."), "done", of_office=True),
    "event.called_off": Saying(N_("The event “%(title)s” was called off."), "warning", of_office=True),
    "event.question_added": Saying(N_("A question was added to the event “%(title)s”."), of_office=True),
    "event.question_retired": Saying(N_("A question of the event “%(title)s” is not asked any more."), of_office=True),
    "event.material_added": Saying(N_("A material was added to the event “%(title)s”."), of_office=True),
    "event.material_removed": Saying(N_("A material was taken off the event “%(title)s”."), of_office=True),
    "registration.made": Saying(N_("Somebody of the vendor registered for “%(title)s”."), "progress"),
    "registration.changed": Saying(N_("A registration for “%(title)s” was changed.")),
    "registration.cancelled": Saying(N_("A registration for “%(title)s” was cancelled.")),
    "registration.offered": Saying(N_("A place at “%(title)s” was offered to somebody of the waiting list.")),
    "registration.offer_lapsed": Saying(N_("A place at “%(title)s” was not taken in time.")),
    "registration.confirmed": Saying(N_("A place at “%(title)s” was confirmed."), "done"),
    "registration.waits": Saying(N_("A registration for “%(title)s” was put on the waiting list.")),
    "registration.declined": Saying(N_("A registration for “%(title)s” was declined.")),
    "registration.vendor_chosen": Saying(N_("The office said which vendor a participant of “%(title)s” comes from.")),
    "registration.merged": Saying(N_("Two registrations for “%(title)s” turned out to be one person."), of_office=True),
    "attendance.noted": Saying(N_("Attendance at “%(title)s” was noted."), "done"),
    "attendance.corrected": Saying(N_("Attendance at “%(title)s” was entered or corrected.")),
    "certificate.issued": Saying(N_("A certificate of attendance at “%(title)s” was issued."), "done"),
    "certificate.withdrawn": Saying(
        N_("A certificate of attendance at “%(title)s” was withdrawn, since the attendance was corrected."), "warning"
    ),
    "survey.answered": Saying(N_("The survey of “%(title)s” was answered."), of_office=True),
    "sandbox.requested": Saying(N_("The sandbox “%(title)s” was asked for."), "progress"),
    "sandbox.changed": Saying(N_("The request for the sandbox “%(title)s” was changed.")),
    "sandbox.replanned": Saying(N_("A new plan of the sandbox “%(title)s” was asked for.")),
    "sandbox.withdrawn": Saying(N_("The request for the sandbox “%(title)s” was withdrawn.")),
    "sandbox.finding_waived": Saying(N_("A finding in the plan of “%(title)s” was let pass: %(reason)s"), "warning"),
    "sandbox.plan_approved": Saying(N_("The plan of the sandbox “%(title)s” was approved."), "done"),
    "sandbox.plan_refused": Saying(N_("The plan of the sandbox “%(title)s” was refused."), "warning"),
    "sandbox.output_revealed": Saying(N_("A person was shown the secret “%(output)s” of “%(title)s”."), "warning"),
    "sandbox.destroy_asked": Saying(N_("Somebody had the sandbox “%(title)s” destroyed.")),
    "sandbox.operation_queued": Saying(N_("Work on the sandbox “%(title)s” was queued.")),
    "sandbox.operation_cancelled": Saying(N_("Work on the sandbox “%(title)s” was told to stop."), "warning"),
    "sandbox.extended": Saying(N_("The sandbox “%(title)s” was extended.")),
    "sandbox.alarmed": Saying(N_("The sandbox “%(title)s” should have been gone and still stands."), "danger"),
    "sandbox.preview_succeeded": Saying(N_("The plan of the sandbox “%(title)s” was made."), "progress"),
    "sandbox.preview_failed": Saying(N_("The plan of the sandbox “%(title)s” could not be made."), "warning"),
    "sandbox.up_succeeded": Saying(N_("The sandbox “%(title)s” was built."), "done"),
    "sandbox.up_failed": Saying(N_("The sandbox “%(title)s” could not be built to its end."), "danger"),
    "sandbox.refresh_succeeded": Saying(N_("What the cloud holds of “%(title)s” was taken over.")),
    "sandbox.refresh_failed": Saying(N_("What the cloud holds of “%(title)s” could not be taken over."), "warning"),
    "sandbox.drift_succeeded": Saying(N_("The sandbox “%(title)s” was compared with the cloud.")),
    "sandbox.drift_failed": Saying(N_("The sandbox “%(title)s” could not be compared with the cloud."), "warning"),
    "sandbox.drift_accepted": Saying(N_("Somebody took over what differs in “%(title)s”.")),
    "sandbox.drift_repaired": Saying(N_("Somebody had “%(title)s” put right.")),
    "sandbox.repair_succeeded": Saying(N_("The sandbox “%(title)s” was put right."), "done"),
    "sandbox.repair_failed": Saying(N_("The sandbox “%(title)s” could not be put right."), "danger"),
    "sandbox.destroy_succeeded": Saying(N_("The sandbox “%(title)s” was destroyed."), "done"),
    "sandbox.destroy_failed": Saying(N_("The sandbox “%(title)s” could not be destroyed to its end."), "danger"),
    "sandbox.drill_succeeded": Saying(N_("A backup drill was held in “%(title)s”."), "done"),
    "sandbox.drill_failed": Saying(N_("A backup drill in “%(title)s” came to no end."), "warning"),
    **{
        f"sandbox.{kind}_cancelled": Saying(N_("Work on the sandbox “%(title)s” was cancelled."))
        for kind in ("preview", "up", "refresh", "drift", "repair", "destroy", "drill")
    },
    "sandbox.clock_jumped": Saying(
        N_("The clock jumped; nothing that has expired is removed."), "danger", of_office=True
    ),
    "cloud_account.kept": Saying(N_("Credentials of the cloud account %(identity)s were sealed."), of_office=True),
    "cloud_account.closed": Saying(N_("The cloud account %(identity)s was closed."), "warning", of_office=True),
    "vault.rotated": Saying(N_("Sealed secrets were sealed anew by a newer key."), of_office=True),
    "sandbox.clock_confirmed": Saying(N_("The clock was confirmed after it jumped."), of_office=True),
    **{action: Saying(sentence, tone) for action, (sentence, tone) in POC.items()},
    "evidence.added": Saying(N_("A file was handed in.")),
    "evidence.linked": Saying(N_("A link was handed in.")),
    "evidence.removed": Saying(N_("Evidence was removed.")),
    "evidence.infected": Saying(N_("Malware was found in a file: %(threat)s"), "danger", of_office=True),
    "exposure.added": Saying(N_("The exposure “%(title)s” was noted.")),
    "exposure.changed": Saying(N_("The exposure “%(title)s” was changed.")),
    "exposure.moved": Saying(N_("The exposure “%(title)s” was moved to another state."), "progress"),
    "exposure.proof_added": Saying(N_("A proof was added to the exposure “%(title)s”.")),
    "exposure.proof_removed": Saying(N_("A proof was taken off the exposure “%(title)s”.")),
    "lead.added": Saying(N_("A match with “%(title)s” was noted.")),
    "lead.changed": Saying(N_("The match with “%(title)s” was changed.")),
    "lead.moved": Saying(N_("A step of the match with “%(title)s” was noted."), "progress"),
    "solution_page.added": Saying(N_("A public page for “%(title)s” was written.")),
    "solution_page.changed": Saying(N_("The public page of “%(title)s” was rewritten.")),
    "solution_page.asked": Saying(N_("The vendor was asked to agree to the public page of “%(title)s”."), "progress"),
    "solution_page.agreed": Saying(N_("The vendor agreed to the public page of “%(title)s”."), "done"),
    "solution_page.closed": Saying(N_("The public page of “%(title)s” was closed."), "warning"),
    "user.added": Saying(N_("An account was made."), "done", of_office=True),
    "user.changed": Saying(N_("A person changed their own account."), of_office=True),
    "user.deactivated": Saying(N_("An account was ended."), "warning", of_office=True),
    "user.idle_warned": Saying(N_("A person was told that their unused account ends."), of_office=True),
    "user.idle_ended": Saying(N_("An account ended because nobody used it."), "warning", of_office=True),
    "rights.kept": Saying(N_("A person's rights were reviewed and kept."), "done", of_office=True),
    "user.reactivated": Saying(N_("An ended account was renewed."), "progress", of_office=True),
    "role.granted": Saying(N_("The role “%(role)s” was given."), "progress", of_office=True),
    "role.revoked": Saying(N_("The role “%(role)s” was taken."), "warning", of_office=True),
    "invitation.sent_again": Saying(N_("An invitation was sent again."), of_office=True),
    "invitation.revoked": Saying(N_("An invitation was withdrawn."), of_office=True),
    "invitation.accepted": Saying(N_("An invitation was accepted."), "done", of_office=True),
    "programme_member.began": Saying(N_("A person became a member of a programme year."), of_office=True),
    "programme_member.ended": Saying(N_("A person's part in a programme year was ended."), of_office=True),
    "setup_code.made": Saying(N_("A one-time code for the first administrator was made."), "warning", of_office=True),
    "setup_code.used": Saying(N_("The one-time code for the first administrator was used."), "warning", of_office=True),
    "sign_in.passed": Saying(N_("A person signed in."), of_office=True),
    "sign_in.failed": Saying(N_("A sign-in failed."), "warning", of_office=True),
    "sign_in.locked": Saying(N_("Sign-in was paused after too many failures."), "danger", of_office=True),
    "sign_in.ended": Saying(N_("A person signed out."), of_office=True),
    "sign_in.confirmed": Saying(N_("A person proved again who they are."), of_office=True),
    "password.reset_asked": Saying(N_("A link to reset a password was asked for."), of_office=True),
    "password.changed": Saying(N_("A password was changed."), of_office=True),
    "session.ended": Saying(N_("A sign-in on one device was ended."), of_office=True),
    "session.all_ended": Saying(N_("All sign-ins of a person were ended."), "warning", of_office=True),
    "mails.chosen": Saying(N_("A person chose which mails to get."), of_office=True),
    "feed.made": Saying(N_("A calendar address was made."), of_office=True),
    "feed.revoked": Saying(N_("A calendar address was withdrawn."), of_office=True),
    "quota.set": Saying(N_("The hours of an expert for the year were set."), of_office=True),
    "programme.opened": Saying(N_("A programme year was opened."), "done", of_office=True),
    "programme.rulebook_changed": Saying(N_("The rules of a programme year were changed."), "warning", of_office=True),
    "calendar.day_declared": Saying(N_("A working day or day off was declared."), of_office=True),
    "calendar.day_withdrawn": Saying(N_("A declared working day or day off was withdrawn."), of_office=True),
    "playbook.published": Saying(N_("A playbook was published."), "done", of_office=True),
    "questionnaire.published": Saying(N_("A questionnaire was published."), "done", of_office=True),
    "work.retried": Saying(N_("Work that was set aside was put back into the queue."), of_office=True),
    "work.dropped": Saying(N_("Work that was set aside was dropped."), "warning", of_office=True),
    "mail.sent_again": Saying(N_("A mail that could not be sent was put back into the queue."), of_office=True),
    "audit.check_asked": Saying(N_("A verification of the audit trail was asked for."), of_office=True),
    "audit.verified": Saying(
        N_("The audit trail was verified: %(records)s records, %(faults)s faults."), "done", of_office=True
    ),
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
    "title": N_("Title"),
    "exposure_kind": N_("Kind"),
    "channel": N_("Medium, host or alliance"),
    "happened_on": N_("Day it came out"),
    "people_reached": N_("People reached"),
}
WORDS: Mapping[str, type[Labelled]] = {
    "kind": VendorKind,
    "charging_model": ChargingModel,
    "state": EngagementState,
    "step": Step,
    "role": Role,
    "exposure_kind": ExposureKind,
}
LONGEST = 60


def word(name: str, value: Any) -> Any:
    """Give a value as people read it: a state by its label."""
    members = WORDS.get(name)
    found = members.named(value) if members else None
    return Message(found.label) if found is not None else value


def is_short(value: Any) -> bool:
    """Tell whether a value can stand in a line."""
    return value is None or len(str(value)) <= LONGEST
