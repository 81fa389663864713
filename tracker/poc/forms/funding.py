"""Forms of the self-funding."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import FileStorage
from wtforms import MultipleFileField, RadioField, SelectField
from wtforms.validators import InputRequired

from tracker.core.content import Bilingual
from tracker.core.errors import Refused
from tracker.core.text import N_
from tracker.poc.operations.funding import EntryDetails
from tracker.poc.rules.states import VoucherKind
from tracker.web.fields import line, paragraphs
from tracker.web.forms import DateField, Form, MoneyField, choices

ACCEPT = ".pdf,.jpg,.jpeg,.png,.webp"
PICTURES = frozenset({"pdf", "jpg", "jpeg", "png", "webp"})
NEED_AMOUNT = _l("Write the amount in whole NT$.")
VERIFY, RETURN = "verify", "return"


class FilesForm(Form):
    """Scans or photos of a voucher."""

    file = MultipleFileField(
        _l("Scan or photo of the voucher"),
        description=_l("PDF, JPG, PNG or WEBP; several where the paper has several sides."),
        render_kw={"accept": ACCEPT},
    )

    def files(self, *, needed: bool = False) -> list[FileStorage]:
        """Give the files that were chosen; refuse what shows no paper."""
        found = [one for one in self.file.data or () if getattr(one, "filename", "")]
        for one in found:
            if str(one.filename).rpartition(".")[2].lower() not in PICTURES:
                raise Refused(
                    N_("“%(name)s” is no scan or photo. Hand the voucher in as PDF, JPG, PNG or WEBP."),
                    field="file",
                    name=one.filename,
                )
        if needed and not found:
            raise Refused(N_("Choose the scan or photo of the paper."), field="file")
        return found


class EntryForm(FilesForm):
    """Money that the vendor spent."""

    spent_on = DateField(
        _l("Day of the voucher"),
        [InputRequired(_l("Write the day that stands on the voucher."))],
        description=_l("As in 115/11/22 or 2026-11-22."),
    )
    payee = line(_l("Payee"), required=_l("Write who was paid."))
    payee_ubn = line(
        _l("UBN of the payee"),
        longest=40,
        description=_l("8 digits; empty for people and for companies abroad."),
        inputmode="numeric",
    )
    kind = SelectField(_l("Kind of cost"), [InputRequired(_l("Choose the kind of cost."))])
    voucher_kind = SelectField(
        _l("Kind of voucher"), [InputRequired(_l("Choose the kind of voucher."))], choices=lambda: choices(VoucherKind)
    )
    voucher_number = line(
        _l("Number of the voucher"),
        required=_l("Write the number that stands on the voucher."),
        longest=60,
        description=_l("Of a uniform invoice two letters and eight digits, as in AB-12345678."),
    )
    net = MoneyField(_l("Net amount"), [InputRequired(NEED_AMOUNT)], description=_l("Whole NT$."))
    tax = MoneyField(_l("Tax"), [InputRequired(NEED_AMOUNT)], description=_l("Whole NT$; 0 where there is none."))
    total = MoneyField(_l("Total"), [InputRequired(NEED_AMOUNT)], description=_l("Net and tax together."))
    purpose = paragraphs(_l("What it paid for"), required=_l("Write what it paid for."), rows=3)

    def offer(self, kinds: Mapping[str, Bilingual], language: str) -> "EntryForm":
        """Fill the list of kinds of cost."""
        self.kind.choices = [("", ""), *((kind, text.of(language)) for kind, text in kinds.items())]
        return self

    def details(self) -> EntryDetails:
        """Give what was typed."""
        return EntryDetails(
            spent_on=self.spent_on.data,
            payee=self.payee.data or "",
            payee_ubn=self.payee_ubn.data or "",
            kind=str(self.kind.data),
            net=self.net.data,
            tax=self.tax.data,
            total=self.total.data,
            purpose=self.purpose.data or "",
            voucher_kind=VoucherKind(self.voucher_kind.data),
            voucher_number=self.voucher_number.data or "",
        )


class VerdictForm(Form):
    """What the office decides on an entry."""

    verdict = RadioField(
        _l("Decision"),
        [InputRequired(_l("Choose whether it is verified or returned."))],
        choices=[],
    )
    words = paragraphs(
        _l("Reason or note"),
        description=_l("Needed to return an entry, and to verify one that is flagged."),
        rows=3,
    )

    def __init__(self, obj: object = None, **values: Any) -> None:
        """Offer both decisions."""
        super().__init__(obj, **values)
        self.verdict.choices = [
            (VERIFY, _l("Verified: the voucher shows what the entry says")),
            (RETURN, _l("Returned to the vendor")),
        ]

    @property
    def is_verified(self) -> bool:
        """Tell whether the entry is verified."""
        return bool(self.verdict.data == VERIFY)

    @property
    def text(self) -> str:
        """Give the reason or note."""
        return self.words.data or ""
