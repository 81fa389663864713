"""People, their roles, sessions and links."""

from typing import Any

from flask_security.core import UserMixin
from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.accounts.rules import Role
from tracker.core import clock
from tracker.core.db import Base, Digest, Json, Moment, ShortText, Versioned


class User(Versioned, Base, UserMixin):  # type: ignore[misc]  # Flask-Security's mixin is untyped
    """A person with an account."""

    __tablename__ = "user_account"

    email: Mapped[str] = mapped_column(String(254), unique=True)
    """Lower case."""
    name: Mapped[ShortText]
    password: Mapped[str | None] = mapped_column(String(255))
    password_changed_at: Mapped[Moment | None]
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    """Changes with the password, and ends every session and reset link with it."""
    language: Mapped[str] = mapped_column(String(16), default="zh-Hant")
    shortcuts: Mapped[bool] = mapped_column(default=True)
    """Whether single-key shortcuts are on (WCAG 2.1.4)."""
    last_seen_at: Mapped[Moment | None]
    grants: Mapped[list["RoleGrant"]] = relationship(back_populates="user", cascade="all, delete-orphan")

    @property
    def roles(self) -> list[Any]:
        """Give the role names in the form that Flask-Security asks for."""
        return [grant.role.value for grant in self.grants]


class RoleGrant(Base):
    """A role that a person holds."""

    __tablename__ = "role_grant"
    __table_args__ = (UniqueConstraint("user_id", "role"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    role: Mapped[Role]
    created_at: Mapped[Moment] = mapped_column(default=clock.now)
    user: Mapped[User] = relationship(back_populates="grants")


class FormerPassword(Base):
    """A hash that may not come back soon."""

    __tablename__ = "former_password"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    password: Mapped[str] = mapped_column(String(255))
    replaced_at: Mapped[Moment] = mapped_column(default=clock.now)


class Invitation(Base):
    """A mailed one-time link that lets a person make an account; only the token's hash is kept."""

    __tablename__ = "invitation"

    email: Mapped[str] = mapped_column(String(254), index=True)
    name: Mapped[ShortText]
    role: Mapped[Role]
    scope: Mapped[Json]
    """What else the person gets: `{"organisation": id}` or `{"programme": id}`."""
    token_hash: Mapped[Digest] = mapped_column(unique=True)
    invited_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[Moment] = mapped_column(default=clock.now)
    expires_at: Mapped[Moment]
    used_at: Mapped[Moment | None]
    revoked_at: Mapped[Moment | None]


class SetupCode(Base):
    """The one-time code by which the first administrator comes in; only its hash is kept."""

    __tablename__ = "setup_code"

    code_hash: Mapped[Digest] = mapped_column(unique=True)
    created_at: Mapped[Moment] = mapped_column(default=clock.now)
    expires_at: Mapped[Moment]
    used_at: Mapped[Moment | None]


class WebSession(Base):
    """A signed-in or anonymous browser; the cookie holds a token whose hash is kept here."""

    __tablename__ = "web_session"

    token_hash: Mapped[Digest] = mapped_column(unique=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    data: Mapped[Json]
    created_at: Mapped[Moment] = mapped_column(default=clock.now)
    seen_at: Mapped[Moment] = mapped_column(default=clock.now, index=True)


class SignInFailure(Base):
    """A failed sign-in, counted per account name and per address."""

    __tablename__ = "sign_in_failure"
    __table_args__ = (Index("ix_sign_in_failure_account", "account", "at"), Index("ix_sign_in_failure_address", "address", "at"))

    account: Mapped[Digest]
    """Hash of the name that was typed, whether or not it exists."""
    address: Mapped[str] = mapped_column(String(64))
    at: Mapped[Moment] = mapped_column(default=clock.now)
