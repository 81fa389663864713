"""Publishing questionnaires."""

import hashlib
from pathlib import Path

from sqlalchemy import select

from tracker.accounts.access import Actor
from tracker.assessments.models import QuestionnaireVersion
from tracker.assessments.questionnaire import Questionnaire
from tracker.assessments.questionnaire_file import load_questionnaires
from tracker.core import audit
from tracker.core.db import session
from tracker.core.errors import Refused
from tracker.core.text import N_


def publish_questionnaires(root: Path, *, actor: Actor) -> list[QuestionnaireVersion]:
    """Store every questionnaire version of the folder that is not stored yet, and give the new ones."""
    published = [_publish(questionnaire, actor) for questionnaire in load_questionnaires(root)]
    return [version for version in published if version is not None]


def _publish(questionnaire: Questionnaire, actor: Actor) -> QuestionnaireVersion | None:
    work = session()
    known = select(QuestionnaireVersion).where(
        QuestionnaireVersion.questionnaire == questionnaire.id, QuestionnaireVersion.number == questionnaire.version
    )
    same = work.scalars(known).one_or_none()
    digest = hashlib.sha256(questionnaire.source.encode()).hexdigest()
    if same is not None:
        if same.digest != digest:
            raise Refused(
                N_(
                    "Version %(number)s of the questionnaire “%(id)s” was published with another text. Give the new text a higher version number."
                ),
                number=questionnaire.version,
                id=questionnaire.id,
            )
        return None
    version = QuestionnaireVersion(
        questionnaire=questionnaire.id, number=questionnaire.version, source=questionnaire.source, digest=digest
    )
    work.add(version)
    work.flush()
    audit.record("questionnaire.published", version, actor=actor, questionnaire=questionnaire.id, number=version.number)
    return version
