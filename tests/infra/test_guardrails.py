"""Guardrails: each with what keeps and what breaks it, and none of them against our own stacks."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pulumi_policy import (
    EnforcementLevel,
    PolicyCustomTimeouts,
    PolicyResource,
    PolicyResourceOptions,
    StackValidationArgs,
)
from pulumi_policy.proxy import unknown_checking_proxy

from infra_templates.guardrails.check import RULES, ask, blocks, check_plan, get_rule
from infra_templates.guardrails.policies import OF_OUTPUTS, planned_of, policies
from infra_templates.guardrails.rule import Limits, Severity, Terrain
from infra_templates.planned import UNKNOWN, Planned
from infra_templates.settings import Cloud, Mode
from tests.infra.guardrail_examples import EXAMPLES, Example
from tests.infra.plans import CLOUDS, MODES, one, planned, recorded

EACH = pytest.mark.parametrize(("id_", "example"), EXAMPLES.items(), ids=EXAMPLES)
EXPECTED = {
    ("aws", "sandbox"): {"aws-balancer-tls"},
    ("aws", "production"): set(),
    ("azure", "sandbox"): set(),
    ("azure", "production"): set(),
    ("gcp", "sandbox"): {"budget-present"},
    ("gcp", "production"): {"budget-present", "backup-lock-final"},
}
"""What the stacks themselves say in their README: none of it blocks."""


def found(id_: str, resources: Sequence[Planned], mode: Mode, outputs: Any = None) -> list[str]:
    return [one.name for one in ask(get_rule(id_), Terrain(resources, outputs or {}, Limits(mode=mode)))]


def test_every_guardrail_has_its_own_id_and_both_examples() -> None:
    ids = [rule.id for rule in RULES]

    assert len(ids) >= 30
    assert len(set(ids)) == len(ids)
    assert set(EXAMPLES) == set(ids)
    for cloud in ("aws-", "azure-", "gcp-"):
        assert sum(id_.startswith(cloud) for id_ in ids) >= 10


@EACH
def test_a_plan_that_keeps_the_rule_passes(id_: str, example: Example) -> None:
    assert found(id_, example.good, example.mode, example.good_outputs) == []


@EACH
def test_a_plan_that_breaks_the_rule_is_found(id_: str, example: Example) -> None:
    assert found(id_, example.bad, example.mode, example.bad_outputs) != []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_reason_and_remedy_are_sentences_in_both_languages(rule: Any) -> None:
    for sentence in (rule.reason, rule.remedy):
        assert sentence.zh_hant.endswith("。")
        assert sentence.en.endswith(".")
        assert re.search(r"[\u4e00-\u9fff]", sentence.zh_hant)
        assert not re.search(r"[\u3000-\u9fff]", sentence.en)
    assert rule.check.__doc__


@pytest.mark.parametrize("cloud", CLOUDS)
@pytest.mark.parametrize("mode", MODES)
def test_no_stack_of_ours_is_blocked(cloud: str, mode: str) -> None:
    plan = recorded(cloud, mode)

    findings = check_plan(planned(plan), plan.outputs)

    assert {one.rule.id for one in findings} == EXPECTED[cloud, mode]
    assert not blocks(findings)


def test_findings_name_the_resource_and_come_gravest_first() -> None:
    resources = [one("aws:cloudwatch/logGroup:LogGroup", "log"), one("aws:kms/key:Key", "key", region="us-east-1")]

    findings = check_plan(resources)

    assert [one.severity for one in findings] == sorted((one.severity for one in findings), key=list(Severity).index)
    assert ("region-allowed", "key") in {(one.rule.id, one.name) for one in findings}
    assert blocks(findings)
    row = next(one.row() for one in findings if one.rule.id == "aws-key-rotates")
    assert row["subject"] == resources[1].urn
    assert row["remedy"]["zh_hant"] == "enableKeyRotation 設為 true。"


def test_an_office_may_allow_fewer_regions() -> None:
    bucket = one("gcp:storage/bucket:Bucket", location="asia-northeast1")
    taiwan = Limits({cloud: frozenset({"asia-east1"}) for cloud in Cloud})

    assert ask(get_rule("region-allowed"), Terrain([bucket])) == []
    assert len(ask(get_rule("region-allowed"), Terrain([bucket], limits=taiwan))) == 1


def test_what_only_the_deployment_tells_is_not_held_against_a_plan() -> None:
    bucket = one("aws:s3/bucket:Bucket")
    policy = one("aws:s3/bucketPolicy:BucketPolicy", needs={"bucket": bucket}, policy=UNKNOWN)

    assert found("aws-bucket-tls", [bucket, policy], Mode.PRODUCTION) == []
    assert found("region-allowed", [one("gcp:storage/bucket:Bucket", location=UNKNOWN)], Mode.PRODUCTION) == []


def test_the_tags_tell_a_sandbox_from_production_and_silence_is_the_stricter() -> None:
    tagged = one("aws:kms/key:Key", tags={"cloudsteps-cost": "sandbox"})

    assert Terrain([tagged]).mode is Mode.SANDBOX
    assert Terrain([one("aws:kms/key:Key")]).mode is Mode.PRODUCTION


@pytest.mark.parametrize(
    "text",
    [
        "-----BEGIN RSA PRIVATE KEY-----",
        "AKIAABCDEFGHIJKLMNOP",
        "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=abc==",
        "https://a.blob.core.windows.net/c?sv=1&sig=abc",
        "postgresql://app:hunter2@db.example/app",
    ],
)
def test_a_secret_is_known_by_its_look_whatever_it_is_called(text: str) -> None:
    assert found("no-secret-in-outputs", [], Mode.SANDBOX, {"note": [{"deep": text}]}) == [""]


def test_a_container_of_aws_is_looked_into_too() -> None:
    told = '[{"name": "app", "environment": [{"name": "API_KEY", "value": "abcdef0123456789"}]}]'
    task = one("aws:ecs/taskDefinition:TaskDefinition", "task", containerDefinitions=told)

    assert found("no-secret-in-environment", [task], Mode.SANDBOX) == ["task"]


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda deeper: st.lists(deeper, max_size=3) | st.dictionaries(st.text(max_size=8), deeper, max_size=3),
    max_leaves=8,
)


@given(
    name=st.sampled_from(sorted({kept.type for example in EXAMPLES.values() for kept in example.bad})), value=_VALUES
)
def test_no_rule_stumbles_over_values_that_are_missing_or_odd(name: str, value: Any) -> None:
    for example in EXAMPLES.values():
        for resource in example.bad:
            if resource.type == name:
                odd = replace(resource, inputs=dict.fromkeys(resource.inputs, value) | {"extra": value})
                check_plan([odd])


# ------------------------------------------------------------ CrossGuard


def _resource(planned_: Planned) -> PolicyResource:
    options = PolicyResourceOptions(planned_.protected, [], None, [], PolicyCustomTimeouts(0, 0, 0), [])
    props = unknown_checking_proxy(dict(planned_.inputs))
    return PolicyResource(planned_.type, props, planned_.urn, planned_.name, options, None, None, [], {})


def test_the_pack_has_a_policy_for_each_rule_that_can_be_asked_there() -> None:
    pack = {policy.name: policy for policy in policies()}

    assert set(pack) == {rule.id for rule in RULES} - {OF_OUTPUTS}
    assert pack["aws-key-rotates"].enforcement_level is EnforcementLevel.MANDATORY
    assert pack["image-pinned"].enforcement_level is EnforcementLevel.ADVISORY


def test_the_pack_says_what_the_application_says() -> None:
    key = one("aws:kms/key:Key", "key", enableKeyRotation=False)
    policy = next(policy for policy in policies() if policy.name == "aws-key-rotates")
    told: list[tuple[str, str | None]] = []

    policy.validate(StackValidationArgs([_resource(key)]), lambda message, urn=None: told.append((message, urn)))  # type: ignore[attr-defined]

    assert told == [("Set enableKeyRotation to true. enableKeyRotation 設為 true。", key.urn)]


def test_the_pack_reads_what_is_not_known_yet_as_unknown() -> None:
    key = one("aws:kms/key:Key", policy=UNKNOWN, tags={"owner": UNKNOWN}, list=[UNKNOWN, 2.0])

    (read,) = planned_of([_resource(key)])

    assert read.inputs == {"policy": UNKNOWN, "tags": {"owner": UNKNOWN}, "list": [UNKNOWN, 2]}
