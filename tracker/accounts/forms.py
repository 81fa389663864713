"""Forms of coming in and of accounts."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, EmailField, HiddenField, PasswordField, RadioField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import EqualTo, InputRequired, Length

from tracker.accounts import operations
from tracker.web.forms import Form

NEEDED = InputRequired()
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

    name = StringField(_l("Name"), [NEEDED, Length(max=200)], render_kw={"autocomplete": "name"})
    language = RadioField(
        _l("Language"), [NEEDED], choices=[SelectChoice("zh-Hant", "中文"), SelectChoice("en", "English")]
    )
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
