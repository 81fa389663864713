"""Proofs of concept with their money, measures and acceptance, written by the operations."""

import io
import itertools
from dataclasses import dataclass
from datetime import date
from typing import Any

from PIL import Image

from tests.factories import trials
from tests.factories.journey import Case
from tests.factories.vendors import UBNS
from tracker.accounts.access import Actor
from tracker.core.db import session
from tracker.evidence.models import Evidence
from tracker.evidence.operations import keep_file
from tracker.journey.models import Engagement
from tracker.journey.rules import Party
from tracker.poc.models import CampGroup, FundingEntry, Poc
from tracker.poc.operations import camps, funding, plan, pocs
from tracker.poc.operations.camps import CampDetails, GroupDetails
from tracker.poc.operations.funding import EntryDetails
from tracker.poc.operations.plan import MeasureDetails, MilestoneDetails
from tracker.poc.operations.pocs import PocDetails
from tracker.poc.rules.states import VoucherKind
from tracker.programmes.models import Programme

SPENT = date(2026, 4, 10)
PAYEE = UBNS[1300]
REQUIRED = 100_000
_numbers = itertools.count(1)


def begun(engagement: Engagement, *, actor: Actor, **changes: Any) -> Poc:
    """Begin a proof of concept."""
    values: dict[str, Any] = {
        "problem": "紙本報價太慢",
        "target_customers": "中小製造業",
        "value_proposition": "當天報價",
        "solution": "雲端報價系統",
        "address": "https://try.example.com",
        "starts_on": date(2026, 3, 2),
        "ends_on": date(2026, 10, 30),
    }
    return pocs.begin_poc(engagement, PocDetails(**{**values, **changes}), actor=actor)


def invoice_number() -> str:
    """Give the number of an invoice that no entry of this run has."""
    return f"ZZ-{next(_numbers):08}"


def cost(total: int = 10_500, **changes: Any) -> EntryDetails:
    """Give an entry as it is typed: an invoice of its own over this total, with 5 % tax in it."""
    net = round(total / 1.05)
    values: dict[str, Any] = {
        "spent_on": SPENT,
        "payee": "示範雲端服務有限公司",
        "payee_ubn": PAYEE,
        "kind": "cloud",
        "net": net,
        "tax": total - net,
        "total": total,
        "purpose": "雲端主機三個月",
        "voucher_kind": VoucherKind.INVOICE,
        "voucher_number": invoice_number(),
    }
    return EntryDetails(**{**values, **changes})


def scan_bytes(number: int | None = None) -> bytes:
    """Draw a voucher that differs from every other one, or the one of this number."""
    picture = io.BytesIO()
    shade = next(_numbers) if number is None else number
    Image.new("RGB", (60, 40), (shade % 256, shade // 256 % 256, 128)).save(picture, "PNG")
    return picture.getvalue()


def scan(poc: Poc, *, actor: Actor, content: bytes | None = None, name: str = "憑證.png") -> Evidence:
    """Hand in the scan of a voucher."""
    return keep_file(
        io.BytesIO(content if content is not None else scan_bytes()),
        name,
        organisation_id=poc.engagement.organisation_id,
        engagement_id=poc.engagement_id,
        actor=actor,
    )


def entry(poc: Poc, total: int = 10_500, *, actor: Actor, with_scan: bool = True, **changes: Any) -> FundingEntry:
    """Enter a cost, with its voucher."""
    vouchers = [scan(poc, actor=actor)] if with_scan else []
    return funding.submit_entry(poc, cost(total, **changes), vouchers, actor=actor)


def verified(poc: Poc, total: int = 10_500, *, vendor: Actor, office: Actor, **changes: Any) -> FundingEntry:
    """Enter a cost and let the office verify it."""
    made = entry(poc, total, actor=vendor, **changes)
    funding.verify_entry(made, actor=office)
    return made


def measure(**changes: Any) -> MeasureDetails:
    """Give a measure with its baseline and result."""
    values: dict[str, Any] = {
        "name": "報價所需時間",
        "unit": "小時",
        "method": "由系統紀錄算出一個月的平均",
        "baseline": 48,
        "baseline_on": date(2026, 3, 10),
        "target": 8,
        "result": 6,
        "result_on": date(2026, 6, 30),
    }
    return MeasureDetails(**{**values, **changes})


def milestone(**changes: Any) -> MilestoneDetails:
    """Give a milestone that is not reached."""
    values: dict[str, Any] = {"name": "試用帳號開通", "owed_by": Party.VENDOR, "due_on": date(2026, 5, 1)}
    return MilestoneDetails(**{**values, **changes})


@dataclass
class Proof:
    """A proof of concept with the people of its engagement."""

    case: Case
    poc: Poc

    def complete(self, customers: int = 1) -> None:
        """Bring in everything that acceptance asks for."""
        poc, case = self.poc, self.case
        plan.add_measure(poc, measure(), actor=case.vendor)
        pocs.recommend_architecture(poc, "容器加受管資料庫", actor=case.expert)
        verified(poc, REQUIRED, vendor=case.vendor, office=case.staff)
        for number in range(customers):
            trials.confirmed(poc, number, actor=case.vendor)
        session().flush()


def proof(case: Case, **changes: Any) -> Proof:
    """Begin a proof of concept for people of an engagement."""
    return Proof(case, begun(case.engagement, actor=case.vendor, **changes))


def group(programme: Programme, *, actor: Actor, **changes: Any) -> CampGroup:
    """Set up a camp with a group."""
    details = CampDetails("STEPS 共創營", "示範會館", date(2026, 4, 1), date(2026, 6, 1))
    camp = camps.set_up_camp(programme, details, actor=actor)
    values: dict[str, Any] = {"name": "第一組", "enterprise": "示範製造企業"}
    return camps.add_group(camp, GroupDetails(**{**values, **changes}), actor=actor)
