"""The catalogue of templates says what the templates themselves say, and refuses what they would refuse."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from infra_templates.catalogue import written
from infra_templates.settings import SaasSettings
from tracker.core.errors import Refused
from tracker.sandboxes import catalogue
from tracker.sandboxes.catalogue import SettingKind, Template

AWS = catalogue.get_template("aws_saas")
GOOD: dict[str, Any] = {"region": "ap-east-2", "backup_cloud": "gcp"}


def test_the_kept_file_is_what_the_templates_describe() -> None:
    assert catalogue.FILE.read_text(encoding="utf-8") == written(), (
        "Run: python -m infra_templates.catalogue > tracker/sandboxes/catalogue.json"
    )


def test_every_setting_has_its_words_in_both_languages() -> None:
    for template in catalogue.shipped().templates:
        for setting in (*template.settings, template.budget):
            assert all((setting.label.zh_hant, setting.label.en, setting.help.zh_hant, setting.help.en))


def test_defaults_fill_what_is_not_said() -> None:
    checked = catalogue.check_settings(AWS, GOOD)

    assert checked["size"] == "small"
    assert checked["tenants"] == ("demo",)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("rto_minutes", 4, "lies between 5 and 10,080"),
        ("rto_minutes", "４", "is no whole number"),
        ("rto_minutes", True, "is no whole number"),
        ("size", "huge", "has no such choice"),
        ("region", "", "is missing"),
        ("region", "japaneast", "has no such choice"),
        ("backup_cloud", "aws", "has no such choice"),
        ("tenants", ("Bad Name",), "cannot be a tenant's code"),
        ("tenants", ("shared",), "cannot be a tenant's code"),
        ("tenants", ("a", "a"), "is named twice"),
        ("colour", "red", "has no setting"),
    ],
)
def test_a_value_that_the_template_would_not_take_is_refused_in_a_sentence(name: str, value: Any, said: str) -> None:
    with pytest.raises(Refused) as refused:
        catalogue.check_settings(AWS, {**GOOD, name: value})

    assert said in refused.value.message.msgid % refused.value.message.params


def _values(template: Template) -> st.SearchStrategy[dict[str, Any]]:
    kinds: dict[str, st.SearchStrategy[Any]] = {}
    for setting in template.settings:
        if setting.kind is SettingKind.CHOICE:
            kinds[setting.name] = st.sampled_from([option.value for option in setting.options])
        elif setting.kind is SettingKind.NUMBER:
            kinds[setting.name] = st.integers(setting.least - 2, setting.most + 2)
        else:
            codes = st.sampled_from(["demo", "big-one", "shared", "UPPER", "a--b", "x" * 32, "t1"])
            kinds[setting.name] = st.lists(codes, min_size=1, max_size=4).map(tuple)
    return st.fixed_dictionaries(kinds)


@given(st.sampled_from(catalogue.shipped().templates).flatmap(lambda one: st.tuples(st.just(one), _values(one))))
def test_the_catalogue_takes_exactly_what_the_template_takes(case: tuple[Template, dict[str, Any]]) -> None:
    template, values = case

    assert _catalogue_takes(template, values) == _template_takes(template, values)


def _catalogue_takes(template: Template, values: dict[str, Any]) -> bool:
    try:
        catalogue.check_settings(template, values)
    except Refused:
        return False
    return True


def _template_takes(template: Template, values: dict[str, Any]) -> bool:
    whose = {"programme": "counselling-115", "engagement": "e1", "sandbox": "s1", "owner": "u1"}
    rest = {"expires_on": date(2026, 12, 31), "alert_email": "alerts@vendor.example", "cloud": template.cloud}
    try:
        SaasSettings(**values, **whose, **rest)
    except ValidationError:
        return False
    return True
