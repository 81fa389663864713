"""A stack's configuration file, as `pulumi config set` writes it: Pulumi.<stack>.yaml."""

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from infra_templates.configuration import settings_from
from infra_templates.plan.templates import TEMPLATES
from infra_templates.sentences import Unsuitable
from infra_templates.settings import Cloud, SaasSettings, refusals


def read_config(path: Path, template: str) -> tuple[SaasSettings, dict[str, str]]:
    """Read a template's settings, and the rest of the configuration by its full names."""
    config = _config_in(path)
    own = {name.split(":", 1)[1]: value for name, value in config.items() if name.startswith(f"{template}:")}
    cloud = TEMPLATES[template]
    named = str(own.get("cloud", "")) if cloud is None else cloud.value
    if named not in {one.value for one in Cloud}:
        raise Unsuitable(
            f"cloud：「{named}」不是 aws、azure 或 gcp。請填寫其中一個。",
            f"cloud: “{named}” is none of aws, azure, gcp. Write one of them.",
        )
    settings = _settings(Cloud(named), own)
    known = SaasSettings.model_fields.keys()
    more = {name: value for name, value in config.items() if name not in {f"{template}:{one}" for one in known}}
    return settings, more if cloud is not None else {**more, f"{template}:cloud": named}


def _settings(cloud: Cloud, own: Mapping[str, str]) -> SaasSettings:
    try:
        return settings_from(cloud, own.get)
    except ValidationError as fault:
        told = [(place or "settings", words) for place, words in refusals(fault)]
        raise Unsuitable(
            "\n".join(f"{place}：{words.zh_hant}" for place, words in told),
            "\n".join(f"{place}: {words.en}" for place, words in told),
        ) from None


def _config_in(path: Path) -> dict[str, str]:
    try:
        found: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise Unsuitable(
            f"沒有「{path}」這個檔案。請從範本資料夾的 Pulumi.sandbox.example.yaml 複製。",
            f"There is no file “{path}”. Copy Pulumi.sandbox.example.yaml of the template's folder.",
        ) from None
    except (UnicodeDecodeError, yaml.YAMLError) as fault:
        raise Unsuitable(f"「{path}」不是 YAML：{fault}", f"“{path}” is not YAML: {fault}") from None
    config = found.get("config") if isinstance(found, Mapping) else None
    if not isinstance(config, Mapping):
        raise Unsuitable(
            f"「{path}」沒有 config 這一段。請依範例填寫。",
            f"“{path}” has no part named config. Write it as the example shows.",
        )
    # A secret is written in a form that only its own passphrase opens; a plan does without its value.
    return {str(name): _text(value) for name, value in config.items() if not _is_secret(value)}


def _is_secret(value: Any) -> bool:
    return isinstance(value, Mapping) and "secure" in value


def _text(value: Any) -> str:
    """Write a value the way Pulumi keeps it."""
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
