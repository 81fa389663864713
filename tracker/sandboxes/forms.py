"""Forms of sandboxes: a request with the settings of its template, decisions, extensions, removals."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from flask import g
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, HiddenField, SelectField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than WTForms' stubs
from wtforms.validators import InputRequired

from tracker.core.errors import Refused
from tracker.core.text import N_
from tracker.sandboxes.catalogue import Setting, SettingKind, Template, Value, check_setting
from tracker.sandboxes.models import CloudAccount, Sandbox
from tracker.sandboxes.operations.requests import HOURS_A_DAY, PRACTICE, RequestDetails
from tracker.sandboxes.rules.plans import Mode
from tracker.sandboxes.rules.quotas import Limits
from tracker.web.fields import CountField, line, paragraphs
from tracker.web.forms import Form, choices

TITLE = 80
_SEPARATORS = re.compile(r"[,，、\s]+")


class RequestForm(Form):
    """What a sandbox is asked for; `of` adds the settings of a template."""

    title = line(
        _l("Name"),
        required=_l("Write what the sandbox is to be called."),
        longest=TITLE,
        description=_l("By this your people tell it from others, as in: load test of the order system."),
    )
    purpose = paragraphs(
        _l("Purpose"),
        required=_l("Write what the sandbox is for; who approves it reads this first."),
        description=_l("What is tried in it, and by what you will see that it worked."),
    )
    mode = SelectField(
        _l("Mode"),
        choices=lambda: choices(Mode),
        description=_l(
            "Production is redundant, protected and locked, so that nobody could remove it again: its plan shows price, guardrails and picture."
        ),
    )
    account = SelectField(_l("Where"), coerce=int)
    days = CountField(_l("Days"), [InputRequired(_l("Write a whole number."))])
    budget = CountField(_l("Monthly budget (US dollars)"), [InputRequired(_l("Write a whole number."))])
    template_settings: Sequence[Setting] = ()
    template_id: str = ""

    def validate(self, extra_validators: Any = None) -> bool:
        """Hold every setting against the template's limits, so that all faults are told at once."""
        holds: bool = super().validate(extra_validators)
        for setting in self.template_settings:
            field = self._fields[setting.name]
            if field.errors:
                continue
            try:
                check_setting(setting, _read(setting, field))
            except Refused as error:
                self.refuse(error)
                holds = False
        return holds

    def details(self) -> RequestDetails:
        """Give what was asked for."""
        return RequestDetails(
            title=self.title.data or "",
            purpose=self.purpose.data or "",
            template=self.template_id,
            settings={one.name: _read(one, self._fields[one.name]) for one in self.template_settings},
            budget=self.budget.data or 0,
            days=self.days.data,
            account_id=self.account.data,
            mode=self.mode.data or "",
            version=self.read_version(),
        )

    @property
    def setting_fields(self) -> list[Field]:
        """Give the fields of the template's settings, in the template's order."""
        return [self._fields[setting.name] for setting in self.template_settings]


def request_form(
    template: Template,
    accounts: Sequence[CloudAccount],
    limits: Limits,
    *,
    stored: Sandbox | None = None,
    recommended: Mapping[str, Any] | None = None,
) -> RequestForm:
    """Make the form of a template, filled with what is stored, recommended, or usual."""
    attributes: dict[str, Any] = {setting.name: _field_of(setting) for setting in template.settings}
    kind = type("RequestForm", (RequestForm,), {**attributes, "template_settings": template.settings})
    form: RequestForm = kind(obj=stored, **_values(template, limits, stored, recommended or {}))
    form.template_id = template.id
    form.account.choices = [
        SelectChoice(PRACTICE, _("Practice cloud: emulators on our own machines, no cost")),
        *(SelectChoice(one.id, f"{one.name} ({one.identity})") for one in accounts if one.cloud == template.cloud),
    ]
    form.days.description = _(
        "1 to %(most)s days, extensions included; %(usual)s are usual.",
        most=limits.longest_days,
        usual=limits.default_days,
    )
    form.budget.description = _(
        "At most %(most)s. A plan that costs more cannot be approved.", most=f"{limits.monthly_budget:,}"
    )
    return form


def _values(
    template: Template, limits: Limits, stored: Sandbox | None, recommended: Mapping[str, Any]
) -> dict[str, Any]:
    settings = {one.name: one.default for one in template.settings} | dict(recommended)
    budget = template.budget.default
    values: dict[str, Any] = {
        "days": limits.default_days,
        "budget": min(limits.monthly_budget, int(budget) if isinstance(budget, int) else limits.monthly_budget),
        "account": PRACTICE,
        "mode": Mode.SANDBOX.value,
    }
    if stored is not None:
        same = stored.template == template.id
        settings |= stored.parameters if same else {}
        values |= {
            "days": stored.lifetime_hours // HOURS_A_DAY,
            "budget": stored.monthly_budget,
            "mode": stored.mode,
            "account": (stored.account_id or PRACTICE) if same else PRACTICE,
        }
    return values | {one.name: _shown(one, settings.get(one.name)) for one in template.settings}


def _shown(setting: Setting, value: Any) -> Any:
    return ", ".join(value) if setting.kind is SettingKind.CODES and value else value


def _read(setting: Setting, field: Field) -> Value | None:
    if setting.kind is SettingKind.CODES:
        return tuple(code for code in _SEPARATORS.split(field.data or "") if code)
    value: Value | None = field.data
    return value


def _field_of(setting: Setting) -> Any:
    language = str(g.get("language", "zh-Hant"))
    label, hint = setting.label.of(language), setting.help.of(language)
    if setting.kind is SettingKind.CHOICE:
        options = [SelectChoice(option.value, option.text.of(language)) for option in setting.options]
        return SelectField(label, description=hint, choices=options, validate_choice=False)
    if setting.kind is SettingKind.NUMBER:
        limits = _("%(least)s to %(most)s.", least=f"{setting.least:,}", most=f"{setting.most:,}")
        return CountField(label, description=_after_each_other(hint, limits))
    return StringField(label, description=_after_each_other(hint, _("Separate them by commas.")))


def _after_each_other(*sentences: str) -> str:
    """Put sentences into one line; Chinese has no space between them."""
    return ("" if g.get("language", "zh-Hant") == "zh-Hant" else " ").join(sentences)


class ReasonForm(Form):
    """A decision that needs its reason."""

    reason = paragraphs(_l("Reason"), required=_l("Write the reason; it is kept with the sandbox."))


class ApproveForm(Form):
    """Approval of the plan whose hash the page showed."""

    digest = HiddenField()


class ExtendForm(ReasonForm):
    """A longer life."""

    days = CountField(_l("More days"), [InputRequired(_l("Write a whole number."))])

    @property
    def hours(self) -> int:
        """Give the extension in hours."""
        return int(self.days.data or 0) * HOURS_A_DAY


class DestroyForm(Form):
    """Destroying a sandbox, confirmed by its code."""

    code = StringField(_l("Code of the sandbox"), description=_l("Type the code to say that you mean this one."))

    def confirms(self, code: str) -> bool:
        """Tell whether the code was typed, and say so at its field where it was not."""
        if (self.code.data or "").strip() == code:
            return True
        self.refuse(Refused(N_("This is not the code of the sandbox. Copy it from the page."), field="code"))
        return False


class ManyForm(Form):
    """The same for all that were ticked, after its effect on each was shown."""

    reason = paragraphs(_l("Reason"), required=_l("Write the reason; it is kept with the sandbox."), rows=2)


class ExtendManyForm(ManyForm):
    """A longer life for all that were ticked."""

    days = CountField(_l("More days"), [InputRequired(_l("Write a whole number."))])
