"""Forms that are sent twice: each carries a key, and a key changes the database once."""

from datetime import timedelta

from sqlalchemy import String, bindparam, delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from tracker.core import clock
from tracker.core.audit import AUDITED  # and so the audit trail's hook runs before the one below
from tracker.core.db import Base, Code, Moment, before_commit, before_work, session, table_of, write
from tracker.core.errors import AlreadyPosted


class Submission(Base):
    """A key that a form came with, and the first subject that its change was recorded for."""

    __tablename__ = "submission"

    key: Mapped[str] = mapped_column(String(160), unique=True)
    subject_type: Mapped[Code | None]
    subject_id: Mapped[int | None]
    created_at: Mapped[Moment] = mapped_column(default=clock.now, index=True)


def expect(key: str | None) -> None:
    """Let the next unit of work of this session claim the key."""
    session().info["submission_key"] = key


_CLAIM = insert(table_of(Submission))
_REMEMBER = update(table_of(Submission)).where(Submission.key == bindparam("claimed"))


@before_work
def _claim(work: Session) -> None:
    key = work.info.get("submission_key")
    if key is None:
        return
    try:
        write(_CLAIM, {"key": key, "created_at": clock.now()})
    except IntegrityError as error:
        work.rollback()
        raise AlreadyPosted from error
    work.info["submission_key"] = None  # later units of work of the same request belong to the same form
    work.info["submission"] = key


@before_commit
def _remember_subject(work: Session) -> None:
    key: str | None = work.info.pop("submission", None)
    if key is not None and AUDITED in work.info:
        table, subject_id = work.info[AUDITED]
        write(_REMEMBER, {"claimed": key, "subject_type": table, "subject_id": subject_id})


def find_subject(key: str) -> tuple[str, int] | None:
    """Find what the first sending of this form changed."""
    row = (
        session()
        .execute(select(Submission.subject_type, Submission.subject_id).where(Submission.key == key))
        .one_or_none()
    )
    return (row.subject_type, row.subject_id) if row is not None and row.subject_type and row.subject_id else None


def was_posted(key: str) -> bool:
    """Tell whether the form with this key was saved already."""
    return session().scalar(select(Submission.id).where(Submission.key == key)) is not None


def forget_old(work: Session, days: int = 14) -> int:
    """Delete the keys of forms sent long ago."""
    result = work.execute(delete(Submission).where(Submission.created_at < clock.now() - timedelta(days=days)))
    return int(getattr(result, "rowcount", 0))
