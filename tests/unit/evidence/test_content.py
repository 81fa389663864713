"""A file is what its name says, and nothing besides."""

import io
import time
from pathlib import Path

import pytest
from PIL import Image

from tests.factories import files
from tracker.core.errors import Refused
from tracker.evidence import content, photos
from tracker.evidence.rules import check_url, clean_name, type_of


def check(folder: Path, name: str, data: bytes) -> None:
    path = folder / "incoming"
    path.write_bytes(data)
    content.check(path, name, type_of(name))


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("計畫書.pdf", files.PDF),
        ("紀錄.docx", files.document()),
        ("報價.xlsx", files.document(kind="xl")),
        ("簡報.pptx", files.document(kind="ppt")),
        ("說明.odt", files.open_document()),
        ("畫面.PNG", files.picture("PNG")),
        ("照片.jpg", files.picture("JPEG")),
        ("照片.webp", files.picture("WEBP")),
        ("名單.csv", "編號,名稱\n1,示範\n".encode()),
        ("名單.csv", "編號,名稱\n1,示範\n".encode("cp950")),
        ("名單.csv", "編號,名稱\n1,示範\n".encode("utf-16")),
        ("筆記.md", "# 說明\n> 內容 <b>粗</b>".encode()),
    ],
)
def test_an_honest_file_is_taken(tmp_path: Path, name: str, data: bytes) -> None:
    check(tmp_path, name, data)


@pytest.mark.parametrize(
    "name",
    [
        "setup.exe",
        "page.html",
        "page.htm",
        "logo.svg",
        "code.js",
        "macro.docm",
        "archive.zip",
        "old.doc",
        "noending",
        ".pdf",
        "a.pdf.exe",
    ],
)
def test_a_kind_that_is_not_listed_is_refused_by_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(Refused, match="not a kind of file"):
        check(tmp_path, name, files.PDF)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("renamed.pdf", files.EXE),
        ("renamed.png", files.EXE),
        ("renamed.docx", files.EXE),
        ("renamed.txt", files.EXE),
        ("renamed.csv", b"\x7fELF" + bytes(50)),
        ("page.png", files.HTML),
        ("page.pdf", files.HTML),
        ("page.txt", files.HTML),
        ("page.md", b"\xef\xbb\xbf  " + files.SVG),
        ("image.jpg", files.picture("PNG")),
        ("image.png", files.SVG),
        ("sheet.xlsx", files.document(kind="word")),
        ("polyglot.pdf", files.PDF + files.document()),
        ("polyglot.docx", files.document() + files.PDF),
        ("polyglot.docx", files.PDF + files.document()),
        ("cut.pdf", files.PDF[:20]),
        ("binary.txt", b"abc\x00def"),
        ("notutf.txt", b"\xff\xfe\xff\xd8\x00"),
    ],
)
def test_a_file_that_is_not_what_its_name_says_is_refused(tmp_path: Path, name: str, data: bytes) -> None:
    with pytest.raises(Refused, match="not what its name says"):
        check(tmp_path, name, data)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (files.document(("word/vbaProject.bin", b"x")), "macros"),
        (files.document(("word/run.exe", b"x")), "macros"),
        (files.document(("../../outside", b"x")), "not a sound document"),
        (files.document(("/etc/passwd", b"x")), "not a sound document"),
        (files.document(("word/zeros", bytes(30_000_000))), "unpacks to far more"),
        (files.document(*((f"word/{number}", b"") for number in range(1001))), "unpacks to far more"),
    ],
)
def test_a_document_that_could_do_harm_is_refused_at_once(tmp_path: Path, data: bytes, words: str) -> None:
    started = time.monotonic()

    with pytest.raises(Refused, match=words):
        check(tmp_path, "紀錄.docx", data)

    assert time.monotonic() - started < 1


def test_a_vast_picture_is_refused_without_being_read(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="50 million points"):
        check(tmp_path, "圖.png", files.vast_picture())


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="is empty"):
        check(tmp_path, "空白.pdf", b"")


@pytest.mark.parametrize(
    ("form", "how"),
    [("JPEG", {}), ("JPEG", {"progressive": True}), ("JPEG", {"comment": b"SECRETPHONE"}), ("PNG", {}), ("WEBP", {})],
)
def test_a_photo_loses_its_place_but_not_a_point(tmp_path: Path, form: str, how: dict[str, object]) -> None:
    data = files.photo_with_place(form, **how)
    path = tmp_path / "photo"
    path.write_bytes(data + b"SECRETPHONE after the end")

    stripped = photos.strip(path, form)

    with Image.open(io.BytesIO(data)) as before, Image.open(io.BytesIO(stripped)) as after:
        assert before.tobytes() == after.tobytes()
        assert not after.getexif().get_ifd(0x8825)
        if form == "JPEG":
            assert after.getexif()[0x0112] == 6
    assert b"SECRETPHONE" not in stripped


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/計畫書.pdf", "計畫書.pdf"),
        ("C:\\Users\\a\\照片.jpg", "照片.jpg"),
        ('a"\r\nSet-Cookie: x.pdf', 'a" Set-Cookie: x.pdf'),
        ("長" * 300 + ".pdf", "長" * 146 + ".pdf"),
        ("a\x00b.pdf", "a b.pdf"),
    ],
)
def test_a_name_is_kept_without_folders_and_control_characters(given: str, kept: str) -> None:
    assert clean_name(given) == kept


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "//evil.example",
        "http://",
        "https://user:pw@a.example",
        "ftp://a.example",
        "https://a.example/ b",
    ],
)
def test_only_a_full_web_address_is_a_link(url: str) -> None:
    with pytest.raises(Refused, match="full web address"):
        check_url(url)
