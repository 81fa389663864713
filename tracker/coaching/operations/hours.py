"""The hours that an expert may use in a programme year."""

from tracker.accounts.access import Actor
from tracker.coaching import queries
from tracker.coaching.models import HourQuota
from tracker.coaching.operations.details import QuotaDetails
from tracker.core import audit
from tracker.core.db import check_version, session
from tracker.core.errors import Refused
from tracker.core.text import N_
from tracker.programmes.models import Programme


def set_quota(programme: Programme, user_id: int, details: QuotaDetails, *, actor: Actor) -> HourQuota:
    """Set an expert's hours of a programme year apart from the rulebook's number, with a reason."""
    if not details.reason.strip():
        raise Refused(N_("Write why these hours differ from the rulebook."), field="reason")
    quota = queries.find_quota(programme.id, user_id)
    before = quota.hours if quota is not None else queries.usual_quota(programme)
    if quota is None:
        quota = HourQuota(programme_id=programme.id, user_id=user_id)
        session().add(quota)
    else:
        check_version(quota, details.version)
    quota.hours, quota.reason = details.hours, details.reason.strip()
    session().flush()
    audit.record(
        "quota.set",
        quota,
        actor=actor,
        programme=programme.id,
        expert=user_id,
        hours=[before, details.hours],
        reason=quota.reason,
    )
    return quota
