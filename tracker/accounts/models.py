"""People, their roles, sessions and links."""

from flask_security.core import RoleMixin, UserMixin
from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.accounts.rules import Role
from tracker.core import clock
from tracker.core.db import Base, Code, Digest, Json, Moment, ShortText, Versioned


class User(Versioned, Base, UserMixin):
    """A person with an account."""

    __tablename__ = "user_account"
    __table_args__ = (Index("ix_user_account_name", "name", "id"),)

    email: Mapped[str] = mapped_column(String(254), unique=True)
    """Lower case."""
    name: Mapped[ShortText]
    password: Mapped[str | None] = mapped_column(String(255))
    password_changed_at: Mapped[Moment | None]
    """Nothing as long as the password is one that somebody else chose."""
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    """Changes with the password, and ends every session and reset link with it."""
    language: Mapped[str] = mapped_column(String(16), default="zh-Hant")
    shortcuts: Mapped[bool] = mapped_column(default=True)
    """Whether single-key shortcuts are on (WCAG 2.1.4)."""
    last_seen_at: Mapped[Moment | None]
    idle_noticed_at: Mapped[Moment | None]
    """When the person was told that the account ends because nobody uses it."""
    reviewed_at: Mapped[Moment | None]
    """When somebody last looked at the person's rights and kept them."""
    grants: Mapped[list["RoleGrant"]] = relationship(back_populates="user", cascade="all, delete-orphan")

    @property
    def roles(self) -> list[RoleMixin]:  # type: ignore[override]  # read-only: nobody gives roles by way of Flask-Security
        """Give Flask-Security no roles: rights are read by `access.load_actor` alone, and not twice in a request."""
        return []


class RoleGrant(Base):
    """A role that a person holds."""

    __tablename__ = "role_grant"
    __table_args__ = (UniqueConstraint("user_id", "role"), Index("ix_role_grant_role", "role", "user_id"))

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
    organisation_id: Mapped[int | None] = mapped_column(index=True)
    """The organisation of the scope, to find a vendor's invitations by."""
    language: Mapped[str] = mapped_column(String(16), default="zh-Hant")
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
    """A browser in which a person has signed in; the cookie holds a token whose hash is kept here."""

    __tablename__ = "web_session"

    token_hash: Mapped[Digest] = mapped_column(unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    data: Mapped[Json]
    agent: Mapped[ShortText] = mapped_column(default="")
    """What the browser calls itself, so that people recognise their own sessions."""
    address: Mapped[str] = mapped_column(String(64), default="")
    created_at: Mapped[Moment] = mapped_column(default=clock.now, index=True)
    seen_at: Mapped[Moment] = mapped_column(default=clock.now, index=True)


class Attempt(Base):
    """A try that the throttle counts, per account name and per address: a failed sign-in, a request for a reset link."""

    __tablename__ = "attempt"
    __table_args__ = (
        Index("ix_attempt_account", "account", "kind", "at"),
        Index("ix_attempt_address", "address", "kind", "at"),
    )

    kind: Mapped[Code]
    account: Mapped[Digest]
    """Hash of the name that was typed, whether or not it exists."""
    address: Mapped[str] = mapped_column(String(64))
    at: Mapped[Moment] = mapped_column(default=clock.now, index=True)
