"""Dossiers that people asked for."""

from collections.abc import Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from tracker.accounts.access import Actor
from tracker.core.db import session
from tracker.core.errors import NotFound
from tracker.evidence.models import Evidence
from tracker.journey import permissions as journey
from tracker.journey.models import Engagement
from tracker.poc.models import Dossier, Poc
from tracker.poc.queries.pocs import WITH_CASE
from tracker.poc.rules.dossiers import DossierState

SHOWN = 20


def dossiers_of(poc: Poc) -> Sequence[Dossier]:
    """List the newest dossiers of a proof of concept."""
    statement = select(Dossier).options(
        joinedload(Dossier.asked_by), joinedload(Dossier.archive).joinedload(Evidence.stored_file)
    )
    return session().scalars(statement.where(Dossier.poc_id == poc.id).order_by(Dossier.id.desc()).limit(SHOWN)).all()


def waiting_states(poc_id: int) -> list[DossierState]:
    """List the states of the dossiers that are still to be made."""
    waiting = select(Dossier.state).where(Dossier.poc_id == poc_id, Dossier.state == DossierState.WAITING)
    return list(session().scalars(waiting))


def get_dossier(dossier_id: int, *, actor: Actor) -> Dossier:
    """Give a dossier of an engagement that the actor may see."""
    found = (
        session()
        .scalars(
            _with_files()
            .join(Poc, Poc.id == Dossier.poc_id)
            .join(Engagement, Engagement.id == Poc.engagement_id)
            .where(Dossier.id == dossier_id, journey.visible(actor))
        )
        .one_or_none()
    )
    if found is None:
        raise NotFound
    return found


def find_dossier(dossier_id: int) -> Dossier | None:
    """Find a dossier for the worker."""
    return session().scalars(_with_files().where(Dossier.id == dossier_id)).one_or_none()


def _with_files() -> Select[Dossier]:
    return select(Dossier).options(
        joinedload(Dossier.poc).options(WITH_CASE),
        joinedload(Dossier.archive).joinedload(Evidence.stored_file),
        joinedload(Dossier.document).joinedload(Evidence.stored_file),
    )
