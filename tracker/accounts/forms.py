"""Forms of coming in and of accounts."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask import g
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, EmailField, HiddenField, PasswordField, RadioField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import EqualTo, InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from tracker.accounts import operations
from tracker.accounts.models import User
from tracker.accounts.rules import Role
from tracker.web.forms import Form, choices

NEEDED = InputRequired()
LANGUAGE_CHOICES = [SelectChoice("zh-Hant", "中文"), SelectChoice("en", "English")]
KEYS: dict[str, str] = {"autocapitalize": "none", "spellcheck": "false"}


class SignInForm(Form):
    """Name and password."""

    email = EmailField(_l("E-mail"), [NEEDED, Length(max=254)], render_kw={"autocomplete": "username", **KEYS})
    password = PasswordField(_l("Password"), [NEEDED, Length(max=1000)], render_kw={"autocomplete": "current-password"})
    next = HiddenField()


class ConfirmForm(Form):
    """The password once more, before something weighty."""

    password = PasswordField(_l("Password"), [NEEDED, Length(max=1000)], render_kw={"autocomplete": "current-password"})
    next = HiddenField()


class ForgottenForm(Form):
    """Where the link goes."""

    email = EmailField(_l("E-mail"), [NEEDED, Length(max=254)], render_kw={"autocomplete": "username", **KEYS})


class NewPasswordForm(Form):
    """A new password, typed twice."""

    password = PasswordField(_l("New password"), [NEEDED, Length(max=1000)], render_kw={"autocomplete": "new-password"})
    again = PasswordField(
        _l("New password again"),
        [NEEDED, EqualTo("password", _l("The two passwords differ. Type the new one twice."))],
        render_kw={"autocomplete": "new-password"},
    )


class ChangePasswordForm(NewPasswordForm):
    """The present password and a new one."""

    present = PasswordField(
        _l("Present password"), [NEEDED, Length(max=1000)], render_kw={"autocomplete": "current-password"}
    )


class AccountForm(Form):
    """What people say of themselves."""

    name = StringField(_l("Full name"), [NEEDED, Length(max=200)], render_kw={"autocomplete": "name"})
    language = RadioField(_l("Language"), [NEEDED], choices=LANGUAGE_CHOICES)
    shortcuts = BooleanField(
        _l("Single-key shortcuts"),
        description=_l("Keys such as / for search. Switch them off if you use speech input or a screen reader."),
    )

    def details(self) -> operations.Account:
        """Give what was typed."""
        return operations.Account(
            name=(self.name.data or "").strip(),
            language=self.language.data,
            shortcuts=bool(self.shortcuts.data),
            version=self.read_version(),
        )


class AcceptForm(NewPasswordForm):
    """What an invited person types."""

    name = StringField(_l("Full name"), [NEEDED, Length(max=200)], render_kw={"autocomplete": "name"})

    def details(self) -> operations.Acceptance:
        """Give what was typed."""
        return operations.Acceptance(name=self.name.data or "", password=self.password.data or "")


class SetUpForm(AcceptForm):
    """The one-time code and the first administrator."""

    code = StringField(
        _l("One-time code"), [NEEDED, Length(max=100)], render_kw={"autocomplete": "one-time-code", **KEYS}
    )
    email = EmailField(_l("E-mail"), [NEEDED, Length(max=254)], render_kw={"autocomplete": "username", **KEYS})

    def new_administrator(self) -> operations.NewUser:
        """Give what was typed."""
        return operations.NewUser(
            email=self.email.data or "",
            name=self.name.data or "",
            roles=frozenset({Role.ADMINISTRATOR}),
            password=self.password.data,
            language=g.get("language", "zh-Hant"),
        )


class RolesForm(Form):
    """Which roles a person holds, of those that the actor may give."""

    held = SelectMultipleField(
        _l("Roles"),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        description=_l("They hold from the person's next click."),
    )

    def __init__(self, obj: User, reach: Iterable[Role] = Role) -> None:
        """Offer the roles that the actor may give, and tick those that the person holds."""
        super().__init__(obj=obj, held=[grant.role.value for grant in obj.grants])
        wanted = set(reach)
        self.held.choices = choices(role for role in Role if role in wanted)

    def chosen(self) -> frozenset[Role]:
        """Give the roles that were ticked."""
        return frozenset(Role(value) for value in self.held.data or [])


class InviteForm(Form):
    """Whom to invite."""

    name = StringField(_l("Full name"), [NEEDED, Length(max=200)], render_kw={"autocomplete": "off"})
    email = EmailField(_l("E-mail"), [NEEDED, Length(max=254)], render_kw={"autocomplete": "off", **KEYS})
    role = RadioField(_l("Role"), [NEEDED])
    language = RadioField(_l("Language of the mail"), [NEEDED], default="zh-Hant", choices=LANGUAGE_CHOICES)

    def __init__(self, reach: Iterable[Role], **values: Any) -> None:
        """Offer the roles that the actor may invite to."""
        wanted = set(reach)
        super().__init__(**values)
        self.role.choices = choices(role for role in Role if role in wanted)
        if len(wanted) == 1 and not self.role.data:
            self.role.data = next(iter(wanted)).value

    def details(self, scope: Mapping[str, int]) -> operations.Invite:
        """Give what was typed, with what else the person gets."""
        return operations.Invite(
            email=self.email.data or "",
            name=self.name.data or "",
            role=Role(self.role.data),
            scope=scope,
            language=self.language.data,
        )


class ConfirmOnlyForm(Form):
    """Nothing to type: only whether it shall be."""
