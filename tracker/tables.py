"""Every table of the product, for the migrations and for a database made in a test."""

from tracker.accounts import models as accounts
from tracker.assessments import models as assessments
from tracker.coaching import models as coaching
from tracker.core import audit, heartbeats, queue, search, submissions
from tracker.core.db import Base
from tracker.events import models as events
from tracker.evidence import models as evidence
from tracker.journey import models as journey
from tracker.notifications import models as notifications
from tracker.outreach import models as outreach
from tracker.programmes import models as programmes
from tracker.vendors import models as vendors

MODULES = (
    accounts,
    assessments,
    audit,
    coaching,
    events,
    evidence,
    heartbeats,
    journey,
    notifications,
    outreach,
    programmes,
    queue,
    search,
    submissions,
    vendors,
)
metadata = Base.metadata
