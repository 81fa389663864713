"""The ledger of the self-funding: what is refused, what is flagged, who verifies, how a mistake is taken back."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from tests.factories import journey, poc, vendors
from tests.factories.journey import Case
from tests.factories.poc import PAYEE, REQUIRED, Proof, cost, entry, scan, scan_bytes, verified
from tracker.core.audit import AuditRecord
from tracker.core.db import session, unit_of_work
from tracker.core.errors import NotFound, Refused, StaleRecord
from tracker.notifications.models import Notice
from tracker.poc.models import FundingEntry
from tracker.poc.operations import funding, pocs
from tracker.poc.operations.pocs import RelatedDetails
from tracker.poc.queries import funding as ledger
from tracker.poc.rulebook import terms_of
from tracker.poc.rules.funding import FlagKind
from tracker.poc.rules.states import EntryState, VoucherKind


def flags(entry: FundingEntry) -> list[FlagKind]:
    terms = terms_of(entry.poc.engagement.programme)
    return [flag.kind for flag in ledger.flags_for(entry.poc, [entry], terms)[entry.id]]


def test_totals_tell_what_is_verified_what_waits_and_what_is_missing(proof: Proof) -> None:
    verified(proof.poc, 30_000, vendor=proof.case.vendor, office=proof.case.staff)
    entry(proof.poc, 21_000, actor=proof.case.vendor)

    totals = ledger.totals_of(proof.poc)

    assert (totals.required, totals.verified, totals.waiting, totals.missing) == (REQUIRED, 30_000, 21_000, 70_000)
    assert not totals.is_reached


def test_an_entry_is_numbered_recorded_and_kept_as_it_was_written(proof: Proof) -> None:
    with unit_of_work():
        first = entry(proof.poc, actor=proof.case.vendor, voucher_number="ab 12345678")
        second = entry(proof.poc, actor=proof.case.vendor)

    assert [first.number, second.number] == [1, 2]
    assert first.voucher_number == "AB12345678"
    record = session().scalars(select(AuditRecord).where(AuditRecord.action == "funding.entered")).first()
    assert record is not None
    assert record.details["total"] == 10_500
    assert record.details["files"] == [first.vouchers[0].evidence.stored_file.sha256]  # type: ignore[union-attr]  # it is a file


WRONG = (
    ({"net": 10_000, "tax": 500, "total": 10_501}, "total"),
    ({"net": -1, "tax": 0, "total": -1}, "net"),
    ({"net": 0, "tax": 0, "total": 0}, "total"),
    ({"voucher_number": "A12345678"}, "voucher_number"),
    ({"voucher_number": "AB-1234567"}, "voucher_number"),
    ({"voucher_number": "ＡＢ－１２３４５６７８９"}, "voucher_number"),
    ({"kind": "travel"}, "kind"),
    ({"payee_ubn": "12345678"}, "payee_ubn"),
    ({"payee_ubn": ""}, "payee_ubn"),
    ({"spent_on": date(2026, 7, 2)}, "spent_on"),
    ({"voucher_kind": VoucherKind.RECEIPT, "voucher_number": " "}, "voucher_number"),
)


def test_what_cannot_be_right_is_refused_at_its_field(proof: Proof) -> None:
    for changes, field in WRONG:
        with pytest.raises(Refused) as refused:
            funding.submit_entry(proof.poc, cost(**changes), actor=proof.case.vendor)
        assert refused.value.field == field, changes

    assert ledger.count_entries(proof.poc) == 0


def test_a_voucher_counts_once_across_all_vendors(proof: Proof) -> None:
    other = poc.begun(journey.engagement(lead=proof.case.expert_user), actor=proof.case.staff)
    entry(other, actor=proof.case.staff, voucher_number="QQ-00000001")

    with pytest.raises(Refused, match="another proof of concept"):
        entry(proof.poc, actor=proof.case.vendor, voucher_number="ｑｑ　00000001")
    mine = entry(proof.poc, actor=proof.case.vendor, voucher_number="QQ-00000002")
    with pytest.raises(Refused, match=f"entry {mine.number} already"):
        entry(proof.poc, actor=proof.case.vendor, voucher_number="QQ-00000002")


def test_receipts_of_two_payees_may_carry_the_same_number(proof: Proof) -> None:
    receipt: dict[str, Any] = {"voucher_kind": VoucherKind.RECEIPT, "voucher_number": "第 17 號", "payee_ubn": ""}
    entry(proof.poc, actor=proof.case.vendor, payee="甲", **receipt)
    entry(proof.poc, actor=proof.case.vendor, payee="乙", **receipt)

    with pytest.raises(Refused, match="already"):
        entry(proof.poc, actor=proof.case.vendor, payee=" 甲", **receipt)


def test_a_returned_or_reversed_entry_frees_its_voucher(proof: Proof) -> None:
    case = proof.case
    returned = entry(proof.poc, actor=case.vendor, voucher_number="RR-00000001")
    funding.return_entry(returned, "看不清楚", actor=case.staff)
    again = entry(proof.poc, actor=case.vendor, voucher_number="RR-00000001")
    funding.reverse_entry(again, "金額打錯", actor=case.vendor)

    last = entry(proof.poc, actor=case.vendor, voucher_number="RR-00000001")

    assert last.number == 4
    assert ledger.totals_of(proof.poc).waiting == last.total


def test_a_reversal_takes_exactly_its_entry_out_of_the_totals(proof: Proof) -> None:
    case = proof.case
    made, waiting = (entry(proof.poc, 42_000, actor=case.vendor) for _number in range(2))
    funding.verify_entry(made, actor=case.staff)
    before = (made.total, made.net, made.tax, made.state)

    reversal = funding.reverse_entry(made, "買錯方案，已退款", actor=case.vendor)

    totals = ledger.totals_of(proof.poc)
    assert (totals.verified, totals.waiting) == (0, 42_000)
    funding.reverse_entry(waiting, "打錯", actor=case.vendor)
    assert ledger.totals_of(proof.poc).waiting == 0
    assert (made.total, made.net, made.tax, made.state) == before
    assert (reversal.net, reversal.tax, reversal.total) == (-made.net, -made.tax, -made.total)
    for again in (made, reversal, waiting):
        with pytest.raises(Refused):
            funding.reverse_entry(again, "再一次", actor=case.vendor)
        with pytest.raises(Refused):
            funding.verify_entry(again, actor=case.staff)


def test_only_a_second_person_verifies_and_only_by_a_voucher(proof: Proof) -> None:
    case = proof.case
    own = entry(proof.poc, actor=case.staff)
    bare = entry(proof.poc, actor=case.vendor, with_scan=False)

    with pytest.raises(Refused, match="You entered this cost"):
        funding.verify_entry(own, actor=case.staff)
    with pytest.raises(Refused, match="No voucher is attached"):
        funding.verify_entry(bare, actor=case.staff)
    funding.verify_entry(own, actor=case.lead)
    funding.add_voucher(bare, scan(proof.poc, actor=case.vendor), actor=case.vendor)
    funding.verify_entry(bare, actor=case.staff)

    assert {own.state, bare.state} == {EntryState.VERIFIED}
    with pytest.raises(Refused, match="already"):
        funding.return_entry(own, "改變主意", actor=case.lead)


def test_a_decision_made_on_an_older_page_is_refused(proof: Proof) -> None:
    made = entry(proof.poc, actor=proof.case.vendor)
    opened = made.version
    funding.verify_entry(made, version=opened, actor=proof.case.staff)

    with pytest.raises(StaleRecord):
        funding.return_entry(made, "看不清楚", version=opened, actor=proof.case.lead)


def test_a_return_needs_its_reason_and_tells_the_vendor(proof: Proof) -> None:
    case = proof.case
    made = entry(proof.poc, actor=case.vendor)
    session().commit()
    with pytest.raises(Refused, match="Write what is wrong"):
        funding.return_entry(made, "  ", actor=case.staff)

    with unit_of_work():
        funding.return_entry(made, "統編看不清楚", actor=case.staff)

    told = session().scalars(select(Notice.user_id).where(Notice.path == f"/funding-entries/{made.id}")).all()
    assert told == [case.vendor_user.id]
    assert made.reason == "統編看不清楚"
    assert ledger.totals_of(proof.poc).waiting == 0


def test_costs_outside_the_period_and_to_related_parties_are_flagged_with_the_rule(proof: Proof) -> None:
    case, sister = proof.case, vendors.next_ubn()
    pocs.declare_related(proof.poc, RelatedDetails(sister, "姊妹公司", "同一負責人"), actor=case.vendor)
    early = entry(proof.poc, actor=case.vendor, spent_on=date(2026, 3, 1))
    near = entry(proof.poc, actor=case.vendor, payee_ubn=sister)
    own = entry(proof.poc, actor=case.vendor, payee_ubn=case.engagement.organisation.ubn)
    odd_tax = entry(proof.poc, actor=case.vendor, net=10_000, tax=501 + 1, total=10_502)
    fine = entry(proof.poc, actor=case.vendor)

    found = [flags(one) for one in (early, near, own, odd_tax, fine)]

    assert found == [[FlagKind.BEFORE], [FlagKind.RELATED], [FlagKind.RELATED], [FlagKind.TAX], []]
    with pytest.raises(Refused, match="flagged"):
        funding.verify_entry(near, actor=case.staff)
    funding.verify_entry(near, "以市價採購，有三家比價", actor=case.staff)
    assert near.reason == "以市價採購，有三家比價"


def test_a_cost_after_the_end_of_the_proof_is_flagged(case: Case) -> None:
    made = poc.proof(case, ends_on=date(2026, 4, 9))

    assert flags(entry(made.poc, actor=case.vendor)) == [FlagKind.AFTER]


def test_the_same_file_is_found_under_another_name_and_at_another_vendor(proof: Proof) -> None:
    case, content = proof.case, scan_bytes(7)
    other = poc.begun(journey.engagement(lead=case.expert_user), actor=case.staff)
    first = funding.submit_entry(
        proof.poc, cost(), [scan(proof.poc, actor=case.vendor, content=content)], actor=case.vendor
    )
    renamed = scan(proof.poc, actor=case.vendor, content=content, name="另一張.png")
    second = funding.submit_entry(proof.poc, cost(), [renamed], actor=case.vendor)
    elsewhere = funding.submit_entry(other, cost(), [scan(other, actor=case.staff, content=content)], actor=case.staff)

    assert flags(first) == [FlagKind.SAME_FILE, FlagKind.SAME_FILE]
    assert flags(elsewhere) == [FlagKind.SAME_FILE]
    terms = terms_of(proof.poc.engagement.programme)
    told = [str(flag.why) for flag in ledger.flags_for(proof.poc, [second], terms)[second.id]]
    assert any(f"entry {first.number}," in sentence for sentence in told)
    assert any("another proof of concept" in sentence for sentence in told)
    funding.reverse_entry(first, "重複", actor=case.vendor)
    funding.reverse_entry(elsewhere, "重複", actor=case.staff)
    assert flags(second) == []


def test_one_entry_takes_a_file_once(proof: Proof) -> None:
    content = scan_bytes(9)
    with pytest.raises(Refused, match="attached to this entry already"):
        funding.submit_entry(
            proof.poc,
            cost(),
            [scan(proof.poc, actor=proof.case.vendor, content=content) for _twice in range(2)],
            actor=proof.case.vendor,
        )


def test_a_party_that_is_not_related_after_all_is_flagged_no_more(proof: Proof) -> None:
    case = proof.case
    party = pocs.declare_related(proof.poc, RelatedDetails(PAYEE, "供應商", "親屬"), actor=case.vendor)
    made = entry(proof.poc, actor=case.vendor)
    assert flags(made) == [FlagKind.RELATED]
    with pytest.raises(Refused, match="named already"):
        pocs.declare_related(proof.poc, RelatedDetails(PAYEE, "供應商", "親屬"), actor=case.vendor)

    pocs.withdraw_related(party, "查登記資料後並無關係", actor=case.staff)

    assert flags(made) == []


def test_the_queue_holds_what_the_reader_may_decide_on_the_longest_waiting_first(proof: Proof) -> None:
    case = proof.case
    first, second = (entry(proof.poc, actor=case.vendor) for _number in range(2))
    own = entry(proof.poc, actor=case.staff)
    taken_back = entry(proof.poc, actor=case.vendor)
    funding.reverse_entry(taken_back, "打錯", actor=case.vendor)

    rows = [row[0].id for row in ledger.queue_page(actor=case.staff).rows]

    assert rows == [first.id, second.id]
    assert ledger.count_queue(case.staff) == 2
    assert ledger.count_queue(case.lead) == 3
    assert ledger.next_in_queue(first.id, actor=case.staff) == second.id
    assert ledger.next_in_queue(second.id, actor=case.staff) == first.id
    assert ledger.next_in_queue(second.id, actor=case.lead) == own.id
    assert ledger.count_queue(case.vendor) == 0


def test_nobody_reads_the_ledger_of_another_vendor(proof: Proof) -> None:
    other = poc.begun(journey.engagement(lead=proof.case.expert_user), actor=proof.case.staff)
    foreign = entry(other, actor=proof.case.staff)

    with pytest.raises(NotFound):
        ledger.get_entry(foreign.id, actor=proof.case.vendor)
    with pytest.raises(NotFound):
        ledger.get_voucher(foreign.vouchers[0].id, actor=proof.case.vendor)
