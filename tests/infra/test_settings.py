"""What may be asked of a SaaS stack, and what is refused with which sentence."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from infra_templates.names import name_of, plain_name_of, tags_of
from infra_templates.settings import REGIONS, Cloud, SaasParameters, SaasSettings, refusals, words_of

SANDBOX: dict[str, Any] = {
    "cloud": "aws",
    "region": "ap-east-2",
    "backup_cloud": "gcp",
    "programme": "counselling-111",
    "engagement": "e12",
    "sandbox": "s7",
    "owner": "u3",
    "alert_email": "ops@vendor.example",
    "expires_on": date(2026, 12, 1),
}
PRODUCTION = {**SANDBOX, "mode": "production", "expires_on": None, "backup_days": 30}


def said(settings: dict[str, Any]) -> list[tuple[str, str]]:
    with pytest.raises(ValidationError) as refused:
        SaasSettings.model_validate(settings)
    return [(place, sentence.en) for place, sentence in refusals(refused.value)]


@pytest.mark.parametrize("settings", [SANDBOX, PRODUCTION], ids=["sandbox", "production"])
def test_a_complete_request_is_accepted(settings: dict[str, Any]) -> None:
    assert SaasSettings.model_validate(settings).cloud is Cloud.AWS


@pytest.mark.parametrize(
    ("change", "place", "part"),
    [
        ({"region": "eastasia"}, "", "not a region offered on aws"),
        ({"backup_cloud": "aws"}, "", "same provider"),
        ({"expires_on": None}, "", "needs a day on which it expires"),
        ({"rpo_minutes": 4}, "rpo_minutes", "at least 5"),
        ({"rto_minutes": "soon"}, "rto_minutes", "not a whole number"),
        ({"size": "huge"}, "size", "'small', 'medium' or 'large'"),
        ({"sandbox": "S 7"}, "sandbox", "wrong form"),
        ({"tenants": ["a", "a"]}, "tenants", "named twice"),
        ({"tenants": ["shared"]}, "tenants", "no tenant can have this code"),
        ({"tenants": []}, "tenants", "At least 1"),
        ({"colour": "red"}, "colour", "no such setting"),
        ({"domain": "-shop.example"}, "domain", "wrong form"),
        ({"monthly_budget": 0}, "monthly_budget", "at least 1"),
    ],
)
def test_what_cannot_be_built_is_refused_with_what_to_do(change: dict[str, Any], place: str, part: str) -> None:
    (refusal,) = said({**SANDBOX, **change})

    assert refusal[0] == place
    assert part in refusal[1]


@pytest.mark.parametrize(
    ("change", "part"),
    [({"expires_on": date(2026, 12, 1)}, "does not expire"), ({"backup_days": 13}, "at least 14 days")],
)
def test_production_neither_expires_nor_keeps_backups_briefly(change: dict[str, Any], part: str) -> None:
    assert part in said({**PRODUCTION, **change})[0][1]


@given(days=st.integers(min_value=14, max_value=3_650))
def test_a_sandbox_takes_what_production_needs_and_keeps_a_week_of_it(days: int) -> None:
    assert SaasSettings.model_validate({**SANDBOX, "backup_days": days}).kept_days == 7
    assert SaasSettings.model_validate({**PRODUCTION, "backup_days": days}).kept_days == days


def test_every_refusal_is_said_in_both_languages() -> None:
    with pytest.raises(ValidationError) as refused:
        SaasSettings.model_validate({**SANDBOX, "size": "huge", "rpo_minutes": 1, "colour": "red"})

    for _, sentence in refusals(refused.value):
        assert any("一" <= sign <= "鿿" for sign in sentence.zh_hant)
        assert sentence.en.isascii()


@pytest.mark.parametrize("name", list(SaasSettings.model_fields))
def test_every_setting_has_a_label_and_help_in_both_languages(name: str) -> None:
    for language in ("zh-Hant", "en"):
        assert all(words_of(SaasSettings.model_fields[name], language))


def test_the_parameters_are_those_that_an_assessment_recommends() -> None:
    assert set(SaasParameters.model_fields) == {
        "region", "size", "tenancy_compute", "tenancy_database", "tenancy_files", "tenancy_keys", "tenants",
        "rto_minutes", "rpo_minutes", "backup_cloud", "backup_days",
    }  # fmt: skip


labels = st.from_regex(r"[a-z](-?[a-z0-9]){0,30}", fullmatch=True).filter(lambda label: len(label) <= 31)
parts = st.sampled_from(["db", "files-demo", "alb", "backup-copy"])


@given(sandbox=labels, part=parts, longest=st.integers(min_value=24, max_value=63))
def test_a_name_fits_its_service_and_is_the_same_every_time(sandbox: str, part: str, longest: int) -> None:
    settings = SaasSettings.model_validate({**SANDBOX, "sandbox": sandbox})

    name = name_of(settings, part, longest=longest)

    assert len(name) <= longest
    assert name[0].isalpha()
    assert "--" not in name
    assert name == name_of(settings, part, longest=longest)


@given(sandbox=labels, part=parts)
def test_a_storage_account_is_named_by_letters_and_digits_only(sandbox: str, part: str) -> None:
    settings = SaasSettings.model_validate({**SANDBOX, "sandbox": sandbox})

    assert plain_name_of(settings, part).isalnum()
    assert len(plain_name_of(settings, part)) <= 24


@given(one=labels, other=labels)
def test_two_environments_never_share_a_name(one: str, other: str) -> None:
    names = {
        name_of(SaasSettings.model_validate({**SANDBOX, "sandbox": each}), "db", longest=24) for each in (one, other)
    }

    assert len(names) == len({one, other})


def test_a_new_operation_keeps_the_names_so_that_nothing_is_made_twice() -> None:
    first = SaasSettings.model_validate({**SANDBOX, "operation": "op-1"})
    again = SaasSettings.model_validate({**SANDBOX, "operation": "op-2"})

    assert name_of(first, "db") == name_of(again, "db")
    assert tags_of(first) != tags_of(again)


def test_tags_say_whose_it_is_and_when_it_ends() -> None:
    assert tags_of(SaasSettings.model_validate(SANDBOX))["cloudsteps-expiry"] == "2026-12-01"
    assert tags_of(SaasSettings.model_validate(PRODUCTION))["cloudsteps-expiry"] == "never"


def test_regions_are_offered_for_every_cloud() -> None:
    assert set(REGIONS) == set(Cloud)
