"""What a practice cloud keeps in its folder: records, faults, the journal of the AWS emulator, storage accounts."""

from pathlib import Path

import pytest

from infra_templates.practice.aws_server import Journal
from infra_templates.practice.processes import free_port, is_alive, started_at
from infra_templates.practice.provider.azure.accounts import Accounts
from infra_templates.practice.provider.faults import Fault, InjectedError, Kind, Moment, order_faults, strike
from infra_templates.practice.provider.handlers import Failed, Setting
from infra_templates.practice.provider.recorded import Recorder
from infra_templates.practice.provider.records import Record, Records
from infra_templates.practice.provider.tables import table_of
from infra_templates.practice.search import search_in
from infra_templates.practice.supervisor import State, state_in

NETWORK = table_of("gcp")["gcp:compute/network:Network"]
SERVICE = table_of("gcp")["gcp:cloudrunv2/service:Service"]


def test_a_recorded_resource_is_marked_found_by_its_labels_and_gone_once_deleted(tmp_path: Path) -> None:
    records = Records(tmp_path / "records" / "gcp")
    recorder, setting = Recorder(records), Setting("asia-east1", "p", {"programme": "116"})

    made = recorder.create(SERVICE, {"name": "app", "location": "asia-east1", "labels": {"a": "b"}}, setting)

    assert made.id == "projects/p/locations/asia-east1/services/app"
    assert made.state["practiceCloud"] == "recorded only"
    assert [one.id for one in search_in(tmp_path, {}, {"a": "b", "programme": "116"})] == [made.id]
    with pytest.raises(Failed, match="exists already"):
        recorder.create(SERVICE, {"name": "app", "location": "asia-east1"}, setting)
    recorder.delete(SERVICE, made, setting)
    assert search_in(tmp_path, {}, {"a": "b"}) == []
    assert recorder.read(SERVICE, made, setting) is None


def test_a_record_changed_behind_the_back_is_read_as_it_is(tmp_path: Path) -> None:
    records, setting = Records(tmp_path), Setting("", "p")
    recorder = Recorder(records)
    made = recorder.create(NETWORK, {"name": "n", "autoCreateSubnetworks": False}, setting)

    records.write(Record(NETWORK.type, made.id, {**made.state, "autoCreateSubnetworks": True}))
    found = recorder.read(NETWORK, made, setting)

    assert found is not None
    assert found.inputs == {"name": "n", "autoCreateSubnetworks": True}


def test_a_search_without_tags_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least one tag"):
        search_in(tmp_path, {}, {})


def test_a_fault_strikes_on_its_call_and_only_once(tmp_path: Path) -> None:
    order_faults(tmp_path, Fault(Kind.ERROR, operation="create", type="aws:s3/*", nth=2, message="No"))

    def call(type_: str = "aws:s3/bucket:Bucket", moment: Moment = Moment.BEFORE) -> None:
        strike(tmp_path, "create", type_, moment)

    call()
    call("aws:ec2/vpc:Vpc")
    call(moment=Moment.AFTER)
    with pytest.raises(InjectedError, match="No"):
        call()
    call()


def test_the_journal_gives_back_what_was_written_whole(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal")
    journal.append({"REQUEST_METHOD": "PUT", "HTTP_HOST": "x", "wsgi.input": None}, b"a\nb", 1)
    journal.append({"REQUEST_METHOD": "POST"}, "讀我".encode(), 2)
    with (tmp_path / "journal").open("ab") as file:
        file.write(b'{"environ": {}, "length": 10, "seed": 3}\ncut')

    assert list(journal) == [
        ({"REQUEST_METHOD": "PUT", "HTTP_HOST": "x"}, b"a\nb", 1),
        ({"REQUEST_METHOD": "POST"}, "讀我".encode(), 2),
    ]


def test_each_storage_account_has_a_slot_of_its_own(tmp_path: Path) -> None:
    accounts = Accounts(tmp_path, "http://127.0.0.1:1")

    assert accounts.take("one") == accounts.take("one") == accounts.address("one")
    assert accounts.take("two") != accounts.address("one")
    with pytest.raises(Failed, match="no storage account three"):
        accounts.address("three")


def test_a_practice_cloud_whose_process_is_gone_does_not_run(tmp_path: Path) -> None:
    (tmp_path / "cloud.json").write_text('{"pid": 1, "started": "0"}')

    assert state_in(tmp_path) is None
    assert not State(999999999, "1").is_running
    assert is_alive(1, started_at(1))


def test_a_port_is_kept_where_it_is_free() -> None:
    port = free_port()

    assert free_port(port) == port
