"""Settings of a stack, read from its Pulumi configuration: `pulumi config set region ap-east-2`."""

import json
from collections.abc import Callable
from typing import Any

import pulumi
from pydantic import ValidationError

from infra_templates.backup.retention import retention_of
from infra_templates.sentences import Unsuitable
from infra_templates.settings import Cloud, SaasSettings, refusals


def read_settings(cloud: Cloud) -> SaasSettings:
    """Read the stack's settings; what cannot be built ends the run with a sentence for each fault."""
    try:
        settings = settings_from(cloud, pulumi.Config().get)
        retention_of(settings)
    except ValidationError as fault:
        told = [f"{place or 'settings'}: {words.en} {words.zh_hant}" for place, words in refusals(fault)]
        raise pulumi.RunError("\n".join(told)) from None
    except Unsuitable as fault:
        raise pulumi.RunError(f"backup: {fault.sentence.en} {fault.sentence.zh_hant}") from None
    return settings


def settings_from(cloud: Cloud, told: Callable[[str], str | None]) -> SaasSettings:
    """Read settings from texts by their names, as Pulumi keeps them."""
    given: dict[str, Any] = {"cloud": cloud}
    for name in SaasSettings.model_fields:
        value = told(name)
        if value is not None and name != "cloud":
            given[name] = json.loads(value) if value.startswith("[") else value
    return SaasSettings.model_validate(given)


def config_of(settings: SaasSettings) -> dict[str, str]:
    """Write settings the way a stack's configuration holds them, for those who start it by program."""
    plain = settings.model_dump(mode="json", exclude={"cloud"}, exclude_none=True)
    return {
        name: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        for name, value in plain.items()
    }
