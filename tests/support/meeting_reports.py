"""Files as the programs write them, made from their documented columns; the people are invented."""

import csv
import io
from collections.abc import Sequence
from datetime import datetime

from tests.factories.imports import as_csv, as_xlsx

Rows = Sequence[Sequence[object]]


def _tabs(rows: Rows) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer, delimiter="\t", quoting=csv.QUOTE_MINIMAL).writerows(rows)
    return buffer.getvalue().encode("utf-16")


def teams(title: str = "示範雲端架構工作坊") -> bytes:
    """Microsoft Teams: three sections, tabs, UTF-16 with its mark."""
    people = (
        (
            "王小明",
            "11/20/26, 9:28:12 AM",
            "11/20/26, 12:31:02 PM",
            "3h 2m 50s",
            "ming@yunjie.example.tw",
            "ming@yunjie.example.tw",
            "Presenter",
        ),
        ("李大華", "11/20/26, 9:55:00 AM", "11/20/26, 12:30:00 PM", "2h 35m", "hua@gmail.com", "", "Attendee"),
        ("陳早退", "11/20/26, 9:30:00 AM", "11/20/26, 10:45:00 AM", "1h 15m", "early@other.example", "", "Attendee"),
        ("訪客 (Guest)", "11/20/26, 9:40:00 AM", "11/20/26, 12:29:00 PM", "2h 49m", "", "", "Attendee"),
        (
            "計畫辦公室",
            "11/20/26, 9:00:00 AM",
            "11/20/26, 12:40:00 PM",
            "3h 40m",
            "office@programme.example",
            "office@programme.example",
            "Organizer",
        ),
    )
    return _tabs(
        (
            ("1. Summary",),
            ("Meeting title", title),
            ("Attended participants", len(people)),
            ("Start time", "11/20/26, 9:00:00 AM"),
            ("End time", "11/20/26, 12:40:00 PM"),
            ("Meeting duration", "3h 40m"),
            (),
            ("2. Participants",),
            ("Name", "First Join", "Last Leave", "In-Meeting Duration", "Email", "Participant ID (UPN)", "Role"),
            *people,
            (),
            ("3. In-Meeting Activities",),
            ("Name", "Join Time", "Leave Time", "Duration", "Email", "Role"),
            *((one[0], one[1], one[2], one[3], one[4], one[6]) for one in people),
        )
    )


def meet() -> bytes:
    """Google Meet: first and last name, length of stay and times, UTF-8."""
    return as_csv(
        (
            ("First name", "Last name", "Email", "Duration", "Time joined", "Time exited"),
            ("小明", "王", "ming@yunjie.example.tw", "3:00:00", "2026-11-20 09:30:00", "2026-11-20 12:30:00"),
            ("Amy", "Lin", "amy@other.example", "2:30:00", "2026-11-20 09:58:00", "2026-11-20 12:28:00"),
        ),
        "utf-8",
    )


def webex() -> bytes:
    """Webex: a row for each time that somebody joined, tabs, UTF-16, cells guarded against spreadsheets."""
    head = (
        "Meeting Name",
        "Meeting Start Time",
        "Meeting End Time",
        "Display Name",
        "First Name",
        "Last Name",
        "Role",
        "Attendee Email",
        "Join Time",
        "Leave Time",
        "Attendance Duration",
        "Connection Type",
    )
    meeting = ("示範雲端架構工作坊", '="2026-11-20 09:00:00"', '="2026-11-20 12:30:00"')

    def row(name: str, email: str, joined: str, left: str, minutes: int) -> tuple[str, ...]:
        times = (f'="2026-11-20 {joined}"', f'="2026-11-20 {left}"', f"{minutes} mins")
        return (*meeting, name, "", "", "Attendee", email, *times, "Desktop app")

    return _tabs(
        (
            head,
            row("王小明", "ming@yunjie.example.tw", "09:29:00", "10:30:00", 61),
            row("王小明", "ming@yunjie.example.tw", "10:35:00", "12:30:00", 115),
            row("來賓", "", "09:31:00", "10:00:00", 29),
            row("來賓", "", "10:05:00", "12:30:00", 145),
        )
    )


def google_forms(encoding: str = "utf-8") -> bytes:
    """Google Forms in Chinese: questions as names of columns, UTF-8 without a mark."""
    return as_csv(
        (
            (
                "時間戳記",
                "電子郵件地址",
                "請問您的姓名？",
                "請問您的公司名稱？",
                "公司統一編號",
                "聯絡電話",
                "是否同意個資告知事項？",
            ),
            (
                "2026/11/01 下午 2:03:11 [GMT+8]",
                "ming@yunjie.example.tw",
                "王小明",
                "臺灣雲階科技（股）公司",
                "",
                "0900-000-001",
                "同意",
            ),
            (
                "2026/11/01 下午 2:04:00 [GMT+8]",
                "new@other.example",
                "新朋友",
                "無人知曉有限公司",
                "",
                "0900-000-002",
                "同意",
            ),
            ("2026/11/02 上午 9:00:00 [GMT+8]", "ming@yunjie.example.tw", "王小明", "雲階", "", "", "同意"),
        ),
        encoding,
    )


def microsoft_forms() -> bytes:
    """Microsoft Forms in Chinese: a workbook with its own columns before the questions."""
    moment = datetime.fromisoformat("2026-11-01 14:03:00")
    head = ("識別碼", "開始時間", "完成時間", "電子郵件", "名稱", "您的姓名", "服務單位")
    rows = (
        (1, str(moment), str(moment), "anonymous@forms.example", "", "王小明", "台灣雲階科技"),
        (2, str(moment), str(moment), "second@forms.example", "", "第二位", ""),
    )
    return as_xlsx((head, *rows), "Form1")


def by_hand() -> bytes:
    """Give a list made by hand: a title above the table, Big5, the company once above its people."""
    return as_csv(
        (
            ("示範雲端架構工作坊簽到表", "", "", ""),
            ("日期：115年11月20日", "", "", ""),
            ("序號", "姓名", "公司", "出席"),
            ("1", "王小明", "台灣雲階科技有限公司", "V"),
            ("2", "許功蓋", "碁粧裏資訊", "遲到"),
            ("3", "缺席者", "碁粧裏資訊", "缺席"),
        ),
        "cp950",
    )
