"""Signs of life of the roles, and the lease that makes one scheduler the leader."""

from datetime import datetime, timedelta

from sqlalchemy import String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from tracker.core import clock
from tracker.core.db import Base, Code, Moment


class Heartbeat(Base):
    """When a role's process was last alive."""

    __tablename__ = "heartbeat"

    role: Mapped[Code] = mapped_column(index=True)
    process: Mapped[str] = mapped_column(String(120), unique=True)
    at: Mapped[Moment] = mapped_column(default=clock.now)


class Lease(Base):
    """A right that one process holds at a time, until it runs out."""

    __tablename__ = "lease"

    name: Mapped[Code] = mapped_column(unique=True)
    holder: Mapped[str] = mapped_column(String(120))
    until: Mapped[Moment]


def beat(work: Session, role: str, process: str) -> None:
    """Say that the process is alive."""
    row = work.scalars(select(Heartbeat).where(Heartbeat.process == process)).one_or_none()
    if row is None:
        work.add(Heartbeat(role=role, process=process))
    else:
        row.at = clock.now()


def last_beat(work: Session, role: str) -> datetime | None:
    """Find when any process of the role was last alive."""
    return work.scalar(select(Heartbeat.at).where(Heartbeat.role == role).order_by(Heartbeat.at.desc()).limit(1))


def take_lease(work: Session, name: str, holder: str, length: timedelta) -> bool:
    """Take or prolong the lease; False while another process holds it."""
    row = work.scalars(select(Lease).where(Lease.name == name).with_for_update()).one_or_none()
    now = clock.now()
    if row is None:
        work.add(Lease(name=name, holder=holder, until=now + length))
        work.flush()
        return True
    if row.holder != holder and row.until > now:
        return False
    row.holder, row.until = holder, now + length
    return True


def give_back(work: Session, name: str, holder: str) -> None:
    """End the holder's lease and its signs of life."""
    work.execute(delete(Lease).where(Lease.name == name, Lease.holder == holder))
    work.execute(delete(Heartbeat).where(Heartbeat.process == holder))
