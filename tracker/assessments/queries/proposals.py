"""Playbooks that the answers of an assessment propose, and which of them the engagement follows already."""

from dataclasses import dataclass

from tracker.assessments.models import Assessment
from tracker.assessments.questionnaire import Questionnaire
from tracker.assessments.rules.result import Result, proposed_playbooks
from tracker.core.content import Bilingual
from tracker.journey.playbook_shelf import playbook_of, read_all
from tracker.journey.queries import latest_versions, pinned_versions
from tracker.journey.rules import Step, Use


@dataclass(frozen=True)
class Proposal:
    """A playbook that answers propose."""

    playbook: str
    version_id: int
    title: Bilingual
    step: Step
    is_held: bool
    """Whether the engagement follows it already."""


def proposals_of(assessment: Assessment, questionnaire: Questionnaire, result: Result) -> list[Proposal]:
    """List the proposed playbooks that suit the vendor, what the engagement does not follow yet first."""
    wanted = proposed_playbooks(questionnaire, result)
    newest = {version.playbook: version for version in latest_versions()}
    held = {version.playbook for version in pinned_versions(assessment.engagement)}
    known = [newest[playbook] for playbook in wanted if playbook in newest]
    read_all([(version.id, version.digest) for version in known])
    kind = assessment.engagement.organisation.kind
    found = [
        Proposal(version.playbook, version.id, text.title, version.step, version.playbook in held)
        for version, text in ((version, playbook_of(version)) for version in known)
        if text.is_for(kind) and (version.playbook in held or text.use is Use.CHOSEN)
    ]
    return sorted(found, key=lambda proposal: proposal.is_held)
