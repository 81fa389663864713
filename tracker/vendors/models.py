"""Organisations of vendors with everything known of them."""

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.accounts.models import User
from tracker.core import clock
from tracker.core.db import Base, Code, Day, LongText, Moment, ShortText, Versioned
from tracker.vendors.rules import ChargingModel, VendorKind


class Organisation(Versioned, Base):
    """A vendor: an information-service company, known by its UBN."""

    __tablename__ = "organisation"
    __table_args__ = (
        CheckConstraint("capital >= 0", name="capital"),
        CheckConstraint("employees >= 0", name="employees"),
        Index("ix_organisation_name", "name_zh", "id"),
        Index("ix_organisation_changed", "changed_at", "id"),
    )

    ubn: Mapped[str] = mapped_column(String(8), unique=True)
    name_zh: Mapped[ShortText]
    name_en: Mapped[ShortText] = mapped_column(default="")
    kind: Mapped[VendorKind] = mapped_column(index=True)
    capital: Mapped[int | None] = mapped_column(BigInteger)
    """Paid-in capital in whole NT$."""
    employees: Mapped[int | None]
    established_on: Mapped[Day | None]
    address: Mapped[ShortText] = mapped_column(default="")
    website: Mapped[ShortText] = mapped_column(default="")
    phone: Mapped[Code] = mapped_column(default="")
    profile: Mapped[LongText] = mapped_column(default="")
    internal_note: Mapped[LongText] = mapped_column(default="")
    """For the office only."""
    contacts: Mapped[list["Contact"]] = relationship(back_populates="organisation", order_by="Contact.id")
    products: Mapped[list["Product"]] = relationship(back_populates="organisation", order_by="Product.id")
    customers: Mapped[list["Customer"]] = relationship(back_populates="organisation", order_by="Customer.id")


class Contact(Versioned, Base):
    """A person at a vendor, with or without an account."""

    __tablename__ = "contact"

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    name: Mapped[ShortText]
    job_title: Mapped[ShortText] = mapped_column(default="")
    email: Mapped[ShortText] = mapped_column(default="")
    phone: Mapped[Code] = mapped_column(default="")
    is_main: Mapped[bool] = mapped_column(default=False)
    removed_at: Mapped[Moment | None]
    organisation: Mapped[Organisation] = relationship(back_populates="contacts")


class Product(Versioned, Base):
    """A product or service that a vendor sells."""

    __tablename__ = "product"

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    name_zh: Mapped[ShortText]
    name_en: Mapped[ShortText] = mapped_column(default="")
    charging_model: Mapped[ChargingModel]
    target_industry: Mapped[ShortText] = mapped_column(default="")
    description: Mapped[LongText] = mapped_column(default="")
    removed_at: Mapped[Moment | None]
    organisation: Mapped[Organisation] = relationship(back_populates="products")


class Customer(Versioned, Base):
    """An enterprise customer of a vendor."""

    __tablename__ = "customer"

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    ubn: Mapped[str | None] = mapped_column(String(8))
    name: Mapped[ShortText]
    industry: Mapped[ShortText] = mapped_column(default="")
    employees: Mapped[int | None]
    note: Mapped[str] = mapped_column(Text, default="")
    removed_at: Mapped[Moment | None]
    organisation: Mapped[Organisation] = relationship(back_populates="customers")


class Membership(Base):
    """A person's belonging to an organisation; its end ends every right that came from it."""

    __tablename__ = "membership"
    __table_args__ = (Index("ix_membership_user", "user_id", "ended_at"),)

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    since: Mapped[Moment] = mapped_column(default=clock.now)
    ended_at: Mapped[Moment | None]
    organisation: Mapped[Organisation] = relationship()
    user: Mapped[User] = relationship()
