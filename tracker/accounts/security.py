"""Sign-in by Flask-Security, set up for our own pages, texts and sessions."""

from flask import Flask
from flask_security import Security
from flask_security.datastore import SQLAlchemyUserDatastore

from tracker.accounts.models import RoleGrant, User
from tracker.core.db import db

datastore = SQLAlchemyUserDatastore(db, User, RoleGrant)


def set_up(app: Flask) -> None:
    """Put Flask-Security into the app."""
    app.config.update(
        SECURITY_PASSWORD_SALT=app.config["SECRET_KEY"],
        SECURITY_PASSWORD_HASH="argon2",
        SECURITY_PASSWORD_SCHEMES=["argon2"],
        SECURITY_DEPRECATED_PASSWORD_SCHEMES=[],
        SECURITY_LOGIN_URL="/sign-in",
        SECURITY_LOGOUT_URL="/sign-out",
        SECURITY_LOGOUT_METHODS=["POST"],
        SECURITY_REGISTERABLE=False,
        SECURITY_SEND_REGISTER_EMAIL=False,
    )
    Security(app, datastore)
