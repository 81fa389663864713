"""The session record (輔導紀錄表) as PDF: Chinese glyphs, text that stays text, nothing beyond the page."""

import io
import re
import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.generic import IndirectObject

from tests.factories import coaching
from tests.support.pages import PageClient
from tracker.accounts.models import User
from tracker.coaching.models import CoachingSession
from tracker.core.db import session

NASTY = (
    '#panic("x") $x$ \\ *b* _i_ `c` <label> @ref [n] // no comment \u202e \x07 #import "x.typ" = title\n- item\n'
    + "w" * 400
)
A4 = (595.276, 841.89)
MARGIN = 25


@pytest.fixture
def case(db_session: object) -> coaching.Case:
    return coaching.case()


def read(client: PageClient, logged: CoachingSession, lang: str = "zh-Hant") -> PdfReader:
    answer = client.fetch(f"/coaching-sessions/{logged.id}/record.pdf?lang={lang}")
    assert answer.mimetype == "application/pdf"
    assert "attachment" in answer.headers["Content-Disposition"]
    return PdfReader(io.BytesIO(answer.get_data()))


def text_of(reader: PdfReader) -> str:
    return "\n".join(page.extract_text() for page in reader.pages).replace("\u200b", "")


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def fonts(reader: PdfReader) -> Iterator[Any]:
    for page in reader.pages:
        resources: Any = page["/Resources"]
        for font in resources["/Font"].values():
            yield font.get_object() if isinstance(font, IndirectObject) else font


def test_the_record_says_everything_in_chinese(case: coaching.Case, sign_in: Callable[[User], PageClient]) -> None:
    starts_at = datetime(2026, 11, 20, 6, 30, tzinfo=UTC)
    logged = coaching.acknowledged(
        case, starts_at=starts_at, actions=(coaching.action_of(case),), people=coaching.everybody(case)
    )
    session().commit()

    text = squeezed(text_of(read(sign_in(case.expert), logged)))

    for expected in (
        "輔導紀錄表",
        case.engagement.organisation.name_zh,
        case.engagement.organisation.ubn,
        case.engagement.product.name_zh,
        "民國115年11月20日14:30",
        "雲端架構已盤點。",
        "先導入備份。",
        "盤點授權數量",
        "雲端架構",
        case.member.name,
        "確認",
    ):
        assert squeezed(expected) in text, expected


def test_the_record_reads_in_english_too(case: coaching.Case, sign_in: Callable[[User], PageClient]) -> None:
    logged = coaching.submitted(case)
    session().commit()

    text = text_of(read(sign_in(case.expert), logged, "en"))

    assert "Coaching session record" in text
    assert "Not acknowledged yet" in text


def test_the_internal_note_is_no_part_of_the_record(case: coaching.Case, sign_in: Callable[[User], PageClient]) -> None:
    logged = coaching.submitted(case, internal_note="內部祕密說明")
    session().commit()

    for who in (case.expert, case.staff, case.member):
        assert "內部祕密說明" not in squeezed(text_of(read(sign_in(who), logged)))


def test_glyphs_come_from_an_embedded_subset_of_the_shipped_font(
    case: coaching.Case, sign_in: Callable[[User], PageClient]
) -> None:
    logged = coaching.submitted(case)
    session().commit()
    reader = read(sign_in(case.expert), logged)

    names = set()
    for font in fonts(reader):
        below = font["/DescendantFonts"][0].get_object()
        names.add(below["/BaseFont"])
        descriptor = below["/FontDescriptor"].get_object()
        assert {"/FontFile2", "/FontFile3"} & set(descriptor)
        assert "/ToUnicode" in font
    assert names
    assert all(re.fullmatch(r"/[A-Z]{6}\+NotoSansTC-(Regular|Bold).*", name) for name in names), names


def test_no_glyph_is_missing(case: coaching.Case, sign_in: Callable[[User], PageClient]) -> None:
    logged = coaching.submitted(
        case, findings="臺灣資訊服務業轉型，雲端架構、備份與還原：堃、喆、犇、・※→「」『』—…％＃１２３"
    )
    session().commit()
    reader = read(sign_in(case.expert), logged)

    shown = [code for page in reader.pages for code in glyphs(page)]

    assert len(shown) > 200
    assert 0 not in shown


def glyphs(page: Any) -> Iterator[int]:
    """Give the glyph numbers that the page shows; 0 is the box of a missing one."""
    stream = page.get_contents()
    for operands, operator in stream.operations:
        parts = operands if operator == b"Tj" else operands[0] if operator == b"TJ" else []
        for part in parts:
            if isinstance(part, int | float):
                continue
            raw = part.original_bytes
            yield from (int.from_bytes(raw[start : start + 2]) for start in range(0, len(raw), 2))


def test_text_is_never_read_as_markup_and_stays_inside_the_page(
    case: coaching.Case, sign_in: Callable[[User], PageClient]
) -> None:
    logged = coaching.submitted(case, findings=NASTY, recommendations="雲" * 3000, place="#place $y$ " + "z" * 180)
    session().commit()
    reader = read(sign_in(case.expert), logged)

    text = squeezed(text_of(reader))

    for expected in ('#panic("x")$x$', "*b*_i_`c`<label>@ref[n]//nocomment", '#import"x.typ"=title-item', "#place$y$"):
        assert expected in text, expected
    assert text.count("w" * 24) >= 16
    assert len(reader.pages) >= 2
    for page in reader.pages:
        assert (float(page.mediabox.width), float(page.mediabox.height)) == pytest.approx(A4, abs=0.1)
    words = boxes(reader)
    assert len(words) > 50
    assert [box for box in words if box[0] < MARGIN or box[2] > A4[0] - MARGIN] == []
    assert [box for box in words if box[1] < MARGIN or box[3] > A4[1] - MARGIN] == []


def boxes(reader: PdfReader) -> list[tuple[float, ...]]:
    """Give left, top, right and bottom of every word as another program lays them out."""
    written = io.BytesIO()
    PdfWriter(clone_from=reader).write(written)
    done = subprocess.run(["pdftotext", "-bbox", "-", "-"], input=written.getvalue(), capture_output=True, check=True)
    edges = re.findall(rb'<word xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)"', done.stdout)
    return [tuple(float(edge) for edge in box) for box in edges]
