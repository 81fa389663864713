"""How properties of Pulumi become arguments of AWS and how what is there is told from what was wanted."""

import json

import botocore.session
import pytest
from botocore.model import StructureShape
from hypothesis import given
from hypothesis import strategies as st

from infra_templates.practice.provider.aws.forms import conditions, permissions, rules
from infra_templates.practice.provider.aws.shapes import arguments, camel, from_api, overlay, tags_from
from infra_templates.practice.provider.naming import own_name
from infra_templates.practice.provider.templates import fill
from infra_templates.practice.provider.wire import from_wire, is_unknown, to_wire

names = st.sampled_from(["status", "multiAz", "cidrBlock", "rules"])
plain_values = st.recursive(
    st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(names, inner),
)


def shape_of(service: str, operation: str) -> StructureShape:
    found = botocore.session.get_session().get_service_model(service).operation_model(operation).input_shape
    assert isinstance(found, StructureShape)
    return found


def test_names_are_found_without_case_and_signs() -> None:
    found = arguments(
        {"multiAz": True, "allocatedStorage": "20", "unknown": 1}, shape_of("rds", "CreateDBInstance"), {}
    )

    assert found == {"MultiAZ": True, "AllocatedStorage": 20}


def test_a_renamed_property_takes_the_name_of_the_api() -> None:
    found = arguments({"identifier": "db"}, shape_of("rds", "CreateDBInstance"), {"identifier": "DBInstanceIdentifier"})

    assert found == {"DBInstanceIdentifier": "db"}


def test_maps_become_pairs_and_blocks_of_one_are_opened() -> None:
    found = arguments(
        {"dimensions": {"Bucket": "b"}, "alarmActions": "arn"}, shape_of("cloudwatch", "PutMetricAlarm"), {}
    )

    assert found == {"Dimensions": [{"Name": "Bucket", "Value": "b"}], "AlarmActions": ["arn"]}
    assert arguments(
        {"encryptionConfiguration": [{"encryptionType": "KMS"}]}, shape_of("ecr", "CreateRepository"), {}
    ) == {"encryptionConfiguration": {"encryptionType": "KMS"}}


@pytest.mark.parametrize(
    ("wanted", "actual", "seen"),
    [
        ("5", 5, "5"),
        (["b", "a"], ["a", "b"], ["b", "a"]),
        ({"status": "Enabled"}, {"Status": "Suspended", "MFADelete": "Off"}, {"status": "Suspended"}),
        ('{"a": 1}', {"a": 1}, '{"a": 1}'),
        ('{"a": 1}', '{"a": 2}', '{"a": 2}'),
        ([{"id": "x", "days": 1}], [{"ID": "x", "Days": 2}], [{"id": "x", "days": 2}]),
        ([{"id": "x"}], [], []),
        (True, "true", True),
        ({"Bucket": "b"}, [{"Name": "Bucket", "Value": "b"}], {"Bucket": "b"}),
    ],
)
def test_only_what_differs_is_drift(wanted: object, actual: object, seen: object) -> None:
    assert overlay(wanted, actual, {}) == seen


@given(plain_values)
def test_what_is_as_wanted_is_never_drift(value: object) -> None:
    assert overlay(value, value, {}) == value


@pytest.mark.parametrize(
    ("api", "pulumi"), [("DNSName", "dnsName"), ("VpcId", "vpcId"), ("ARN", "arn"), ("DBInstanceArn", "dbInstanceArn")]
)
def test_names_of_the_api_are_written_as_pulumi_does(api: str, pulumi: str) -> None:
    assert camel(api) == pulumi


def test_an_api_answer_keeps_its_numbers_and_loses_its_types() -> None:
    assert from_api({"Port": 443, "Body": b"x", "On": True}) == {"port": 443, "body": "x", "on": True}


@pytest.mark.parametrize(
    "found",
    [
        {"a": "1"},
        [{"Key": "a", "Value": "1"}],
        [{"key": "a", "value": "1"}],
        [{"TagKey": "a", "TagValue": "1"}],
    ],
)
def test_tags_are_read_in_every_form(found: object) -> None:
    assert tags_from(found) == {"a": "1"}


def test_rules_of_a_security_group_survive_the_way_there_and_back() -> None:
    wanted = [
        {"protocol": "tcp", "fromPort": 443, "toPort": 443, "cidrBlocks": ["0.0.0.0/0"], "description": "All"},
        {"protocol": "tcp", "fromPort": 5432, "toPort": 5432, "securityGroups": ["sg-1"]},
    ]

    assert rules(permissions(wanted)) == wanted


def test_conditions_of_a_rule_name_their_field() -> None:
    assert conditions([{"hostHeader": {"values": ["a.example"]}}]) == [
        {"Field": "host-header", "HostHeaderConfig": {"Values": ["a.example"]}}
    ]


def test_a_place_alone_gives_the_value_itself_and_a_missing_one_leaves_out() -> None:
    values = {"ports": [1, 2], "name": "n", "nested": {"x": 3}}

    assert fill({"a": "{ports}", "b": "{name}-{nested.x}", "c": "{missing}"}, values) == {"a": [1, 2], "b": "n-3"}
    assert fill({"only": {"c": "{missing}"}}, values) is None


@given(st.dictionaries(st.text(), plain_values))
def test_values_survive_the_wire(values: dict[str, object]) -> None:
    assert from_wire(to_wire(values)) == json.loads(json.dumps(values))


def test_unknown_values_are_seen_however_deep() -> None:
    assert is_unknown({"a": [{"b": "04da6b54-80e4-46f7-96ec-b56ff0331ba9"}]})
    assert not is_unknown({"a": [{"b": "x"}]})


@given(st.text(min_size=1, max_size=200), st.binary(min_size=8, max_size=32), st.sampled_from(["dashed", "plain"]))
def test_own_names_fit_and_are_the_same_for_the_same_seed(name: str, seed: bytes, style: str) -> None:
    made = own_name(name, seed, longest=24, style=style)

    assert len(made) <= 24
    assert made == own_name(name, seed, longest=24, style=style)
