"""What may be asked for: the templates with the settings that a person decides, as plain data for pages and command lines.

`python -m infra_templates.catalogue` prints it. The application keeps it as a file beside its pages, so that no page has to load
what stands behind the templates; a test holds the file to this description.
"""

import json
import sys
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

from pydantic.fields import FieldInfo

from infra_templates.sentences import Sentence
from infra_templates.settings import (
    LONGEST_SANDBOX_BACKUP,
    REGIONS,
    SHARED,
    SHORTEST_PRODUCTION_BACKUP,
    Cloud,
    SaasParameters,
    SaasSettings,
    Size,
    Tenancy,
    words_of,
)

LANGUAGES = ("zh-Hant", "en")
TITLES: Mapping[Cloud, Sentence] = {
    Cloud.AWS: Sentence("AWS 上的雲服務", "A cloud service on AWS"),
    Cloud.AZURE: Sentence("Azure 上的雲服務", "A cloud service on Azure"),
    Cloud.GCP: Sentence("Google Cloud 上的雲服務", "A cloud service on Google Cloud"),
}
CLOUDS: Mapping[Cloud, Sentence] = {
    Cloud.AWS: Sentence("AWS", "AWS"),
    Cloud.AZURE: Sentence("Azure", "Azure"),
    Cloud.GCP: Sentence("Google Cloud", "Google Cloud"),
}
SIZES: Mapping[Size, Sentence] = {
    Size.SMALL: Sentence("小", "Small"),
    Size.MEDIUM: Sentence("中", "Medium"),
    Size.LARGE: Sentence("大", "Large"),
}
TENANCIES: Mapping[Tenancy, Sentence] = {
    Tenancy.POOLED: Sentence("全部共用", "Shared by all"),
    Tenancy.BRIDGE: Sentence("大客戶分開，其他共用", "Large tenants apart, the others shared"),
    Tenancy.SILO: Sentence("每個租戶一份", "One for each tenant"),
}
_CHOICES: Mapping[type[StrEnum], Mapping[Any, Sentence]] = {Size: SIZES, Tenancy: TENANCIES, Cloud: CLOUDS}


def describe() -> dict[str, Any]:
    """Describe every template that a sandbox can be made of."""
    return {
        "longest_sandbox_backup": LONGEST_SANDBOX_BACKUP,
        "shortest_production_backup": SHORTEST_PRODUCTION_BACKUP,
        "shared_tenant": SHARED,
        "tenant_pattern": _pattern_of_tenants(),
        "templates": [_template(cloud) for cloud in Cloud],
    }


def _template(cloud: Cloud) -> dict[str, Any]:
    fields = SaasParameters.model_fields
    return {
        "id": f"{cloud.value}_saas",
        "cloud": cloud.value,
        "cloud_name": _both(CLOUDS[cloud]),
        "title": _both(TITLES[cloud]),
        "fields": [_field(cloud, name, fields[name]) for name in fields],
        "budget": _field(cloud, "monthly_budget", SaasSettings.model_fields["monthly_budget"]),
    }


def _field(cloud: Cloud, name: str, field: FieldInfo) -> dict[str, Any]:
    words = {language: words_of(field, language) for language in LANGUAGES}
    described: dict[str, Any] = {
        "name": name,
        "label": {language: said[0] for language, said in words.items()},
        "help": {language: said[1] for language, said in words.items()},
    }
    if name == "region":
        return {**described, "kind": "choice", "options": _options(REGIONS[cloud].items())}
    if name == "tenants":
        kept = {"default": list(field.get_default()), "most": _limit(field, "max_length")}
        return {**described, "kind": "codes", **kept}
    if isinstance(field.annotation, type) and issubclass(field.annotation, StrEnum):
        offered = [(one, said) for one, said in _CHOICES[field.annotation].items() if one is not cloud]
        return {**described, "kind": "choice", "options": _options(offered), **_default(field)}
    return {**described, "kind": "number", "least": _limit(field, "ge"), "most": _limit(field, "le"), **_default(field)}


def _options(offered: Iterable[tuple[str, Sentence]]) -> list[dict[str, Any]]:
    return [{"value": str(value), "text": _both(said)} for value, said in offered]


def _default(field: FieldInfo) -> dict[str, Any]:
    return {} if field.is_required() else {"default": field.get_default()}


def _limit(field: FieldInfo, name: str) -> int:
    return next(int(getattr(limit, name)) for limit in field.metadata if hasattr(limit, name))


def _pattern_of_tenants() -> str:
    schema = SaasParameters.model_json_schema()
    return str(schema["properties"]["tenants"]["items"]["pattern"])


def _both(said: Sentence) -> dict[str, str]:
    return {"zh-Hant": said.zh_hant, "en": said.en}


def written() -> str:
    """Write the description as the application keeps it."""
    return json.dumps(describe(), ensure_ascii=False, indent=2) + "\n"


if __name__ == "__main__":
    sys.stdout.write(written())
