"""STEPS co-creation camps: groups of vendors with an enterprise and a mentor, on their way to a demo day."""

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.accounts.models import User
from tracker.core.db import Base, Day, LongText, Moment, ShortText, Timed, Versioned
from tracker.poc.models.poc import Poc
from tracker.programmes.models import Programme


class Camp(Versioned, Base):
    """A camp of a programme year."""

    __tablename__ = "camp"
    __table_args__ = (Index("ix_camp_latest", "starts_on", "id"),)

    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"), index=True)
    name: Mapped[ShortText]
    place: Mapped[ShortText] = mapped_column(default="")
    starts_on: Mapped[Day]
    demo_day_on: Mapped[Day]
    programme: Mapped[Programme] = relationship()
    groups: Mapped[list["CampGroup"]] = relationship(back_populates="camp", order_by="CampGroup.number")


class CampGroup(Versioned, Base):
    """Vendors that design a proof together with an enterprise."""

    __tablename__ = "camp_group"
    __table_args__ = (UniqueConstraint("camp_id", "number"),)

    camp_id: Mapped[int] = mapped_column(ForeignKey("camp.id"))
    number: Mapped[int]
    name: Mapped[ShortText]
    enterprise: Mapped[ShortText]
    enterprise_ubn: Mapped[str | None] = mapped_column(String(8))
    enterprise_contact: Mapped[ShortText] = mapped_column(default="")
    mentor_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    brief: Mapped[LongText] = mapped_column(default="")
    """What the enterprise asks for."""
    demo_order: Mapped[int | None]
    """When it is its turn on the demo day."""
    result: Mapped[LongText] = mapped_column(default="")
    """What came of it on the demo day."""
    camp: Mapped[Camp] = relationship(back_populates="groups")
    mentor: Mapped[User | None] = relationship()
    members: Mapped[list["CampMember"]] = relationship(back_populates="group", order_by="CampMember.id")
    milestones: Mapped[list["CampMilestone"]] = relationship(back_populates="group", order_by="CampMilestone.due_on")


class CampMember(Timed, Base):
    """A proof of concept, and with it its vendor, in a group."""

    __tablename__ = "camp_member"
    __table_args__ = (UniqueConstraint("group_id", "poc_id"),)

    group_id: Mapped[int] = mapped_column(ForeignKey("camp_group.id"))
    poc_id: Mapped[int] = mapped_column(ForeignKey("poc.id"), index=True)
    role: Mapped[ShortText]
    """What the vendor does in the group."""
    removed_at: Mapped[Moment | None]
    group: Mapped[CampGroup] = relationship(back_populates="members")
    poc: Mapped[Poc] = relationship()


class CampMilestone(Versioned, Base):
    """Something that a group reaches by a day."""

    __tablename__ = "camp_milestone"

    group_id: Mapped[int] = mapped_column(ForeignKey("camp_group.id"), index=True)
    name: Mapped[ShortText]
    due_on: Mapped[Day]
    done_on: Mapped[Day | None]
    removed_at: Mapped[Moment | None]
    group: Mapped[CampGroup] = relationship(back_populates="milestones")
