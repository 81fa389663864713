"""Vendors with contacts and products as rows of a file: a row speaks of one vendor, and brings at most one contact and product."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tracker.core.errors import CloudStepsError, Refused
from tracker.core.halfwidth import squeeze
from tracker.core.money import parse_money
from tracker.core.roc_date import parse_date
from tracker.core.text import N_, Message
from tracker.core.ubn import LENGTH, check_ubn, is_valid_ubn
from tracker.imports.kinds import Column, Context, Done, Finding, Given, Kind, Offer
from tracker.imports.rules import Confidence, Outcome
from tracker.imports.values import read_count, read_word
from tracker.vendors import permissions
from tracker.vendors.matching import Candidate, Clues, Directory, Match, Reason
from tracker.vendors.names import core_name
from tracker.vendors.operations import Bringing, ContactDetails, ProductDetails, VendorDetails, bring_in, take_back
from tracker.vendors.rules import ChargingModel, VendorKind, check_email, check_website

COLUMNS = (
    Column("ubn", N_("UBN"), ("UBN", "統一編號", "統編", "公司統編", "公司統一編號", "Tax ID"), example="00000018"),
    Column(
        "name_zh",
        N_("Vendor"),
        (
            "公司名稱",
            "公司全名",
            "廠商名稱",
            "業者名稱",
            "單位名稱",
            "業者",
            "公司",
            "廠商",
            "Vendor",
            "Company",
            "Company name",
            "中文名稱",
        ),
        required=True,
        example="示範雲端股份有限公司",
    ),
    Column(
        "name_en", N_("English name"), ("英文名稱", "公司英文名稱", "English name"), example="Example Cloud Co., Ltd."
    ),
    Column(
        "kind", N_("Kind of vendor"), ("類型", "業者類型", "業者類別", "Kind", "Kind of vendor"), example="software"
    ),
    Column("capital", N_("Capital"), ("資本額", "實收資本額", "Capital"), example="10,000,000"),
    Column("employees", N_("Employees"), ("員工人數", "員工數", "人數", "Employees"), example="35"),
    Column("established_on", N_("Established on"), ("設立日期", "成立日期", "Established on"), example="104/03/01"),
    Column("address", N_("Postal address"), ("地址", "公司地址", "通訊地址", "Address", "Postal address")),
    Column(
        "website", N_("Website"), ("網址", "網站", "公司網址", "官網", "Website"), example="https://www.example.com"
    ),
    Column("phone", N_("Phone"), ("公司電話", "電話", "Phone"), example="02-1234-5678"),
    Column("profile", N_("Profile"), ("簡介", "公司簡介", "Profile")),
    Column(
        "contact_name",
        N_("Contact"),
        ("聯絡人", "聯絡人姓名", "窗口", "窗口姓名", "姓名", "Contact", "Contact name"),
        example="王小明",
    ),
    Column("contact_title", N_("Contact's job title"), ("職稱", "聯絡人職稱", "Job title", "Title"), example="經理"),
    Column(
        "contact_email",
        N_("Contact's mail address"),
        ("電子郵件", "聯絡人電子郵件", "電子信箱", "信箱", "Email", "E-mail", "Email address", "電子郵件地址", "mail"),
        example="ming@example.com",
    ),
    Column(
        "contact_phone",
        N_("Contact's phone"),
        ("聯絡電話", "聯絡人電話", "手機", "行動電話", "Mobile"),
        example="0900-000-000",
    ),
    Column(
        "product_name",
        N_("Product"),
        ("產品", "產品名稱", "產品/服務名稱", "服務名稱", "Product", "Product name"),
        example="示範訂單系統",
    ),
    Column("product_name_en", N_("Product's English name"), ("產品英文名稱", "Product English name")),
    Column(
        "charging_model",
        N_("Charged today as"),
        ("收費方式", "目前收費方式", "收費模式", "Charging model"),
        example="project",
    ),
    Column("target_industry", N_("Target industry"), ("目標產業", "應用產業", "Target industry"), example="零售"),
)
_KINDS: Mapping[VendorKind, tuple[str, ...]] = {
    VendorKind.SOFTWARE: (
        "software",
        "software or product base",
        "軟體",
        "產品",
        "軟體/產品",
        "具軟體/產品基礎",
        "軟體業",
    ),
    VendorKind.CUSTOMER: ("customer", "customer or data base", "客群", "數據", "客群/數據", "具客群/數據經營基礎"),
    VendorKind.HARDWARE: ("hardware", "hardware base", "硬體", "地端", "硬體/地端", "具硬體/地端基礎"),
}
_MODELS: Mapping[ChargingModel, tuple[str, ...]] = {
    ChargingModel.PROJECT: ("project", "one-off project", "專案", "一次性專案", "專案制"),
    ChargingModel.LICENCE: ("licence", "license", "授權", "授權制", "買斷"),
    ChargingModel.SUBSCRIPTION: ("subscription", "訂閱", "訂閱制", "月租", "年租"),
}

SHORTEST_NUMBER = 4


@dataclass
class Read:
    """A row with its values read, and what was wrong with them."""

    given: Given
    ubn: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    contact: ContactDetails | None = None
    product: ProductDetails | None = None
    faults: list[Message] = field(default_factory=list)

    def bringing(self, vendor_id: int | None) -> Bringing:
        """Give what the row brings, to this vendor or to one with its UBN."""
        may_make = bool(self.ubn) and {"kind", "name_zh"} <= self.facts.keys()
        facts = {"kind": VendorKind.SOFTWARE, "name_zh": "", **self.facts}
        return Bringing(vendor_id, VendorDetails(ubn=self.ubn or None, **facts), self.contact, self.product, may_make)


def read_row(given: Given) -> Read:
    """Read every value of a row, and gather all that is wrong with it."""
    row = Read(given)

    def value(key: str, reader: Callable[[str], Any] = str.strip) -> Any:
        typed = given.get(key)
        if not typed.strip():
            return None
        try:
            return reader(typed)
        except CloudStepsError as refusal:
            row.faults.append(refusal.message)
            return None

    row.ubn = value("ubn", lambda typed: check_ubn(_eight(typed))) or ""
    readers: dict[str, Callable[[str], Any]] = {
        "kind": lambda typed: read_word(typed, _KINDS),
        "capital": parse_money,
        "employees": read_count,
        "established_on": lambda typed: parse_date(typed.split(" ")[0]),
        "website": check_website,
    }
    for key in (
        "name_zh",
        "name_en",
        "kind",
        "capital",
        "employees",
        "established_on",
        "address",
        "website",
        "phone",
        "profile",
    ):
        found = value(key, readers.get(key, _line))
        if found is not None:
            row.facts[key] = found
    row.contact = _contact(value)
    row.product = _product(value, row.faults)
    return row


def _contact(value: Callable[..., Any]) -> ContactDetails | None:
    name, email = value("contact_name", _line), value("contact_email", check_email)
    title, phone = value("contact_title", _line), value("contact_phone", _line)
    if not (name or email):
        return None
    return ContactDetails(name or email, title or "", email or "", (phone or "")[:64])


def _product(value: Callable[..., Any], faults: list[Message]) -> ProductDetails | None:
    name = value("product_name", _line)
    model = value("charging_model", lambda typed: read_word(typed, _MODELS))
    name_en, industry = value("product_name_en", _line), value("target_industry", _line)
    if not name:
        return None
    if model is None and not faults:
        faults.append(
            Message(N_("The product “%(name)s” needs how it is charged: 專案, 授權 or 訂閱."), {"name": name})
        )
    return ProductDetails(name, model or ChargingModel.PROJECT, name_en or "", industry or "")


def _eight(typed: str) -> str:
    """Give back the zeros that a spreadsheet took from the front of a number."""
    digits = squeeze(typed)
    whole = digits.zfill(LENGTH)
    return whole if SHORTEST_NUMBER <= len(digits) < LENGTH and is_valid_ubn(whole) else typed


LONGEST = 200


def _line(typed: str) -> str:
    text = " ".join(typed.split())
    if len(text) > LONGEST:
        raise Refused(N_("“%(typed)s…” is longer than %(most)s characters."), typed=text[:20], most=LONGEST)
    return text


class _Checker:
    """Goes through the rows in the order of the file, and knows which vendors earlier rows would make."""

    def __init__(self, context: Context) -> None:
        self._directory = Directory.read(context.actor)
        self._made: dict[str, tuple[int, str]] = {}

    def check(self, given: Given) -> Finding:
        row = read_row(given)
        if row.faults:
            return Finding(Outcome.REFUSED, tuple(row.faults))
        decision = given.decision
        if decision is not None and decision.subject_id is not None:
            return self._decided(row, decision.subject_id)
        if row.ubn and (earlier := self._made.get(row.ubn)):
            return _as_earlier(row, *earlier)
        name = str(row.facts.get("name_zh", ""))
        match = self._directory.match(_clues(row, name))
        if decision is None and (sure := match.sure):
            return Finding(Outcome.MATCHED, _why(sure, row), sure.vendor_id, sure.name, match.confidence)
        if decision is None and _is_in_doubt(row, match):
            return _waiting(row, match, name)
        return self._new(row, name)

    def _decided(self, row: Read, vendor_id: int) -> Finding:
        if vendor_id not in self._directory.vendors:
            return Finding(Outcome.REFUSED, (Message(N_("The chosen vendor is not there any more.")),))
        said = (Message(N_("Chosen by a person.")), *_brings(row))
        return Finding(Outcome.MATCHED, said, vendor_id, self._directory.vendors[vendor_id][0], Confidence.CERTAIN)

    def _new(self, row: Read, name: str) -> Finding:
        if not row.ubn:
            return Finding(
                Outcome.REFUSED,
                (Message(N_("No vendor is known by “%(name)s”, and a new one needs its UBN."), {"name": name}),),
            )
        if "kind" not in row.facts:
            return Finding(
                Outcome.REFUSED,
                (Message(N_("“%(name)s” is new and needs its kind: 軟體, 客群 or 硬體."), {"name": name}),),
            )
        self._made[row.ubn] = (row.given.line, name)
        return Finding(Outcome.NEW, _brings(row), subject=name)


def _clues(row: Read, name: str) -> Clues:
    """With a UBN, people and mail domains tell nothing more: a new vendor may have an old one's contact."""
    if row.ubn:
        return Clues(ubn=row.ubn, name=name)
    contact = row.contact
    return Clues(name=name, email=contact.email if contact else "", person=contact.name if contact else "")


def _is_in_doubt(row: Read, match: Match) -> bool:
    """Tell whether a person has to say which vendor is meant; a name that is only similar does not doubt a UBN."""
    strongest = {reason for one in match.candidates for reason in one.reasons}
    return bool(match.candidates) and not (row.ubn and strongest == {Reason.SIMILAR})


def _as_earlier(row: Read, line: int, name: str) -> Finding:
    if core_name(str(row.facts.get("name_zh", ""))) != core_name(name):
        said = N_("Row %(line)s gives the same UBN to “%(name)s”. Correct one of both.")
        return Finding(Outcome.REFUSED, (Message(said, {"line": line, "name": name}),))
    said = N_("The same vendor as in row %(line)s.")
    return Finding(Outcome.MATCHED, (Message(said, {"line": line}), *_brings(row)), None, name, Confidence.CERTAIN)


def _waiting(row: Read, match: Match, name: str) -> Finding:
    offers = tuple(
        Offer(one.vendor_id, f"{one.name} ({one.ubn})", tuple(reason.label for reason in one.reasons))
        for one in match.candidates
    )
    said = N_("It is not certain which vendor is meant by “%(name)s”.")
    return Finding(
        Outcome.WAITING,
        (Message(said, {"name": name}),),
        confidence=Confidence.DOUBTFUL,
        offers=offers,
        group=f"{row.ubn}:{core_name(name)}",
        may_be_new=bool(row.ubn) and all(row.ubn != one.ubn for one in match.candidates) and "kind" in row.facts,
    )


def _why(found: Candidate, row: Read) -> tuple[Message, ...]:
    return (*(Message(reason.label) for reason in found.reasons), *_brings(row))


def _brings(row: Read) -> tuple[Message, ...]:
    said = []
    if row.contact:
        said.append(Message(N_("With the contact %(name)s."), {"name": row.contact.name}))
    if row.product:
        said.append(Message(N_("With the product %(name)s."), {"name": row.product.name_zh}))
    return tuple(said)


def check(rows: Sequence[Given], context: Context) -> list[Finding]:
    """Say of every row which vendor it means, or why it cannot be imported."""
    checker = _Checker(context)
    return [checker.check(given) for given in rows]


def apply(rows: Sequence[Given], context: Context) -> list[Done]:
    """Add vendors, contacts and products; what is known already stays as it is."""
    read = [read_row(given) for given in rows]
    bringing = [row.bringing(_meant(row.given)) for row in read if not row.faults]
    brought = iter(bring_in(bringing, actor=context.actor, before=context.checked_at))
    gone = Message(N_("The vendor that is meant is not there, and the row lacks what a new one needs."))
    results = []
    for row in read:
        one = next(brought) if not row.faults else None
        if one is not None:
            results.append(Done(one.vendor.id, one.as_plain()))
        else:
            results.append(Done(message=row.faults[0] if row.faults else gone))
    return results


def _meant(given: Given) -> int | None:
    return given.decision.subject_id if given.decision and given.decision.subject_id else given.subject_id


def undo(undone: Sequence[Mapping[str, Any]], context: Context) -> list[Message | None]:
    """Take back what rows have brought."""
    return [take_back(one, actor=context.actor) for one in undone]


VENDORS = Kind(
    key="vendors",
    label=N_("Vendors"),
    columns=COLUMNS,
    permission=permissions.ADD_VENDOR,
    check=check,
    apply=apply,
    undo=undo,
    table="organisation",
)
