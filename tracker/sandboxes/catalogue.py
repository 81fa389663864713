"""The templates that may be asked for, with the settings that a person decides: read from the file that the templates describe."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

from tracker.core.content import Bilingual
from tracker.core.errors import Refused
from tracker.core.text import N_

FILE = Path(__file__).with_name("catalogue.json")
LONGEST_CODE = 31

Value: TypeAlias = str | int | tuple[str, ...]


class SettingKind(StrEnum):
    """How a setting is written."""

    CHOICE = "choice"
    NUMBER = "number"
    CODES = "codes"


@dataclass(frozen=True)
class Option:
    """One value of a choice."""

    value: str
    text: Bilingual


@dataclass(frozen=True)
class Setting:
    """One thing that a person decides about a stack."""

    name: str
    kind: SettingKind
    label: Bilingual
    help: Bilingual
    default: Value | None = None
    options: tuple[Option, ...] = ()
    least: int = 0
    most: int = 0

    def words_of(self, value: Value) -> Bilingual:
        """Say a value as people read it."""
        if isinstance(value, tuple):
            return Bilingual("、".join(value), ", ".join(value))
        if isinstance(value, int):
            return Bilingual(f"{value:,}", f"{value:,}")
        known = next((option.text for option in self.options if option.value == value), None)
        return known or Bilingual(value, value)


@dataclass(frozen=True)
class Template:
    """A reference template as a page offers it."""

    id: str
    cloud: str
    cloud_name: Bilingual
    title: Bilingual
    settings: tuple[Setting, ...]
    budget: Setting


@dataclass(frozen=True)
class Catalogue:
    """Everything that may be asked for."""

    templates: tuple[Template, ...]
    shortest_production_backup: int
    """Days."""
    shared_tenant: str
    tenant: re.Pattern[str]

    def find(self, template_id: str) -> Template | None:
        """Find a template by id."""
        return next((one for one in self.templates if one.id == template_id), None)


@cache
def shipped() -> Catalogue:
    """Give the catalogue of this version."""
    held: Mapping[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return Catalogue(
        tuple(_template(one) for one in held["templates"]),
        held["shortest_production_backup"],
        held["shared_tenant"],
        re.compile(held["tenant_pattern"]),
    )


def get_template(template_id: str) -> Template:
    """Give a template, or refuse one that is not offered."""
    found = shipped().find(template_id)
    if found is None:
        raise Refused(N_("There is no such template. Choose one of the list."), field="template")
    return found


def cloud_names() -> Mapping[str, Bilingual]:
    """Name the clouds that templates build on."""
    return {one.cloud: one.cloud_name for one in shipped().templates}


def check_settings(template: Template, values: Mapping[str, Any], *, production: bool = False) -> dict[str, Value]:
    """Give the parameters as the template takes them, or refuse the first that it would not; defaults fill what is missing."""
    known = {setting.name: setting for setting in template.settings}
    if strange := sorted(set(values) - set(known)):
        raise Refused(N_("The template has no setting “%(name)s”. Leave it out."), name=strange[0])
    checked = {name: check_setting(setting, values.get(name, setting.default)) for name, setting in known.items()}
    if checked.get("backup_cloud") == template.cloud:
        raise Refused(
            N_("The second backup lies with the same provider as the service. Choose another cloud."),
            field="backup_cloud",
        )
    least = shipped().shortest_production_backup
    if production and int(str(checked.get("backup_days", least))) < least:
        raise Refused(
            N_("Production keeps backups for at least %(least)s days. Make it longer."),
            field="backup_days",
            least=least,
        )
    return checked


def check_setting(setting: Setting, value: Any) -> Value:
    """Give one value as the template takes it."""
    if value is None or value in ("", (), []):
        raise Refused(N_("“%(label)s” is missing. Fill it in."), field=setting.name, label=setting.label)
    match setting.kind:
        case SettingKind.NUMBER:
            return _number(setting, value)
        case SettingKind.CODES:
            return _codes(setting, value)
        case SettingKind.CHOICE:
            return _choice(setting, value)


def _number(setting: Setting, value: Any) -> int:
    if isinstance(value, bool) or not str(value).isascii() or not str(value).isdigit():
        raise Refused(N_("“%(label)s” is no whole number. Write digits."), field=setting.name, label=setting.label)
    number = int(str(value)[:12])
    if not setting.least <= number <= setting.most:
        raise Refused(
            N_("“%(label)s” lies between %(least)s and %(most)s. Change the number."),
            field=setting.name,
            label=setting.label,
            least=f"{setting.least:,}",
            most=f"{setting.most:,}",
        )
    return number


def _choice(setting: Setting, value: Any) -> str:
    if str(value) not in {option.value for option in setting.options}:
        raise Refused(N_("“%(label)s” has no such choice. Choose one of the list."), field=setting.name, label=setting.label)  # fmt: skip
    return str(value)


def _codes(setting: Setting, value: Any) -> tuple[str, ...]:
    codes = tuple(str(one).strip() for one in ([value] if isinstance(value, str) else value))
    if len(codes) > setting.most:
        raise Refused(
            N_("At most %(most)s tenants can be named. Leave some out."), field=setting.name, most=setting.most
        )
    if len(set(codes)) != len(codes):
        raise Refused(N_("A tenant is named twice. Name each tenant once."), field=setting.name)
    for code in codes:
        if code == shipped().shared_tenant or len(code) > LONGEST_CODE or not shipped().tenant.match(code):
            raise Refused(
                N_(
                    "“%(code)s” cannot be a tenant's code. Use small letters, digits and single hyphens, a letter first."
                ),
                field=setting.name,
                code=code[:LONGEST_CODE],
            )
    return codes


def _template(held: Mapping[str, Any]) -> Template:
    return Template(
        held["id"],
        held["cloud"],
        _both(held["cloud_name"]),
        _both(held["title"]),
        tuple(_setting(one) for one in held["fields"]),
        _setting(held["budget"]),
    )


def _setting(held: Mapping[str, Any]) -> Setting:
    default = held.get("default")
    return Setting(
        held["name"],
        SettingKind(held["kind"]),
        _both(held["label"]),
        _both(held["help"]),
        tuple(default) if isinstance(default, list) else default,
        _options(held.get("options", ())),
        held.get("least", 0),
        held.get("most", 0),
    )


def _options(held: Sequence[Mapping[str, Any]]) -> tuple[Option, ...]:
    return tuple(Option(one["value"], _both(one["text"])) for one in held)


def _both(held: Mapping[str, str]) -> Bilingual:
    return Bilingual(held["zh-Hant"], held["en"])
