"""The table of types says what is true of the SDKs and of the emulators' APIs."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.model import StructureShape

import infra_templates.practice.provider.aws.forms  # noqa: F401 - the table names them
from infra_templates.practice.provider.tables import PACKAGES, Call, Entry, UnknownType, table_of
from infra_templates.practice.provider.templates import FORMS

SDKS = {"aws": "pulumi_aws", "azure-native": "pulumi_azure_native", "gcp": "pulumi_gcp"}
FORM = re.compile(r"\{[^{}|]+\|(\w+)\}")
EMULATED_AWS = [entry for entry in table_of("aws").entries.values() if entry.emulated]


def sdk_tokens(package: str) -> set[str]:
    """Read from an SDK which types it has, without importing it."""
    import importlib.util  # noqa: PLC0415 - used by this helper only

    spec = importlib.util.find_spec(SDKS[package])
    assert spec is not None
    assert spec.origin is not None
    wanted = re.compile(rf"'({package}:[^']+)',\n\s+resource_name")
    modules = {entry.type.split(":")[1].split("/")[0] for entry in table_of(package).entries.values()}
    folder = Path(spec.origin).parent
    return {
        token
        for module in modules
        for path in (folder / module).glob("*.py")
        for token in wanted.findall(path.read_text(encoding="utf-8"))
    }


@pytest.mark.parametrize("package", PACKAGES)
def test_every_type_of_the_table_is_one_of_the_sdk(package: str) -> None:
    assert set(table_of(package).entries) - sdk_tokens(package) == set()


@pytest.mark.parametrize("package", PACKAGES)
def test_every_form_of_the_table_is_known(package: str) -> None:
    text = "".join(path.read_text() for path in Path("infra_templates/practice/tables").glob(f"{package}*.toml"))

    assert set(FORM.findall(text)) | set(re.findall(r"\| into (\w+)", text)) <= set(FORMS)


def test_an_unknown_type_is_refused_by_name_and_says_where_it_would_be_added() -> None:
    with pytest.raises(UnknownType, match=r"doesn't know aws:x/y:Y.*tables/aws.toml"):
        table_of("aws")["aws:x/y:Y"]


@pytest.mark.parametrize("entry", EMULATED_AWS, ids=lambda entry: entry.type)
def test_every_call_of_an_emulated_type_is_one_of_aws_with_arguments_that_it_takes(entry: Entry) -> None:
    for call in [*calls_of(entry), *tag_calls_of(entry)]:
        assert set(call.args) <= set(members(entry.api, call.call)), (entry.type, call.call)


@pytest.mark.parametrize("entry", EMULATED_AWS, ids=lambda entry: entry.type)
def test_an_emulated_type_is_created_read_and_deleted_by_calls(entry: Entry) -> None:
    assert entry.read is not None
    assert entry.create is not None or entry.type == "aws:acm/certificateValidation:CertificateValidation"


def calls_of(entry: Entry) -> Iterator[Call]:
    for call in (entry.create, entry.read, entry.every, *entry.updates, *entry.deletes):
        if call is not None and not call.call.startswith("@"):
            yield call
            if call.first is not None:
                yield call.first


def tag_calls_of(entry: Entry) -> Iterator[Call]:
    if entry.tags:
        tagging = table_of("aws").tagging[entry.tags]
        yield tagging.add
        yield tagging.remove
        if tagging.list is not None:
            yield tagging.list


@cache
def client(api: str) -> Any:
    return boto3.client(api, region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x")


def members(api: str, call: str) -> list[str]:
    found = client(api)
    shape = found.meta.service_model.operation_model(found.meta.method_to_api_mapping[call]).input_shape
    return list(shape.members) if isinstance(shape, StructureShape) else []
