"""An engagement with an assessment of the small questionnaire."""

from pathlib import Path

import pytest

from tests.factories import assessments, journey
from tests.factories.journey import Case
from tracker.accounts.models import User
from tracker.assessments.models import Assessment, QuestionnaireVersion
from tracker.core.db import session


@pytest.fixture
def case(db_session: object, expert: User, vendor_member: User, staff: User, lead: User) -> Case:
    """Give an enrolled engagement."""
    made = journey.case(expert=expert, vendor=vendor_member, staff=staff, lead=lead)
    session().commit()
    return made


@pytest.fixture
def version(db_session: object, tmp_path: Path) -> QuestionnaireVersion:
    """Give the small questionnaire as published."""
    return assessments.small_version(tmp_path)


@pytest.fixture
def assessment(case: Case, version: QuestionnaireVersion) -> Assessment:
    """Give an open assessment with one component."""
    made = assessments.begin(case.engagement, version, components=["訂單"], actor=case.expert)
    session().commit()
    return made
