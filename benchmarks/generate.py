"""Fill a migrated database with invented vendors, engagements, items and sessions in Chinese, by bulk inserts.

Not through operations: 200,000 rows by forms would take hours. The rows are the ones that the operations would have left,
search documents included.
"""

import argparse
import random
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, func, insert, select, text

from tracker import tables
from tracker.accounts.models import RoleGrant, User
from tracker.accounts.rules import Role
from tracker.coaching.models import CoachingSession, SessionTopic
from tracker.coaching.rules import Mode, SessionState
from tracker.core import db  # noqa: F401 - its events set SQLite up
from tracker.core.bigrams import fold, grams
from tracker.core.search import DocumentKind, SearchDocument, document_id, stored_grams
from tracker.core.settings import Settings
from tracker.journey.models import Assignment, Engagement, Item, PlaybookVersion, StepProgress
from tracker.journey.playbook import Playbook
from tracker.journey.playbook_folder import load_playbooks
from tracker.journey.rules import AssignmentPart, EngagementState, EvidenceKind, ItemState, Party, Step, StepState
from tracker.programmes.models import Programme, ProgrammeMember
from tracker.vendors.models import Contact, Organisation, Product
from tracker.vendors.rules import ChargingModel, VendorKind

VENDORS, ENGAGEMENTS, ITEMS_EACH, SESSIONS_EACH = 600, 10_000, 12, 6
PRODUCTS_EACH, YEARS = 9, (111, 115)
"""Years with a rulebook."""
EXPERTS = 40
FIELDS = [
    "倉儲",
    "物流",
    "零售",
    "餐飲",
    "製造",
    "紡織",
    "食品",
    "扣件",
    "醫療",
    "教育",
    "農業",
    "旅宿",
    "營建",
    "能源",
    "金融",
    "客服",
]
"""Each product is for one of these fields, so that each word finds a sixteenth of the engagements."""
NAMES = "晨星雲河青禾遠山明泉立方拓展宏圖恆春匯流智匯森林海岸曙光啟程"
TALK = (
    "本次訪視確認現行系統以專案方式交付，各客戶版本不一，維護人力偏高。建議先盤點模組與資料表，整理出可共用的核心，再以租戶識別碼區隔資料。"
    "資料庫移轉採先複製後切換，切換前須完成備份與回復演練，並由雙方確認回退條件。訂閱定價宜以使用人數與交易量兩項計費，試用期三十日。"
    "資安部分請補齊弱點掃描報告與權限盤點，管理帳號改採多因子驗證。監控告警已接通，但尚未訂定值班與通報流程。下次會議前完成成本試算與服務水準草案。"
)
NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
BATCH = 5000
HALF = 0.5


@dataclass(frozen=True)
class Size:
    """How many rows to make."""

    vendors: int
    engagements: int

    @classmethod
    def of(cls, scale: float) -> "Size":
        """Give the size for a scale of the standard one."""
        return cls(vendors=int(VENDORS * scale), engagements=int(ENGAGEMENTS * scale))


class Loader:
    """Collects rows and inserts them in batches."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.rows: dict[Any, list[dict[str, Any]]] = {}
        self.grams: list[dict[str, Any]] = []
        self.inserted = 0

    def add(self, table: Any, **values: Any) -> None:
        """Add a row."""
        rows = self.rows.setdefault(table, [])
        rows.append(values)
        if len(rows) >= BATCH:
            self.flush()

    def document(self, kind: DocumentKind, subject_id: int, title: str, body: str, **scope: int) -> None:
        """Add a search document with its grams."""
        key, content = document_id(kind, subject_id), f"{title}\n{body}"
        self.add(
            SearchDocument,
            id=key,
            kind=kind,
            subject_id=subject_id,
            title=title[:300],
            body=body,
            folded=fold(content),
            **scope,
        )
        self.grams.append({"key": key, "grams": sorted(grams(content))})

    def flush(self) -> None:
        """Insert what was collected, parents first."""
        for table in [mapper for mapper in _ORDER if mapper in self.rows]:
            rows = self.rows.pop(table)
            self.connection.execute(insert(table), rows)
            self.inserted += len(rows)
        if self.grams:
            self._flush_grams()

    def _flush_grams(self) -> None:
        if self.connection.dialect.name == "sqlite":
            statement = text("INSERT INTO search_gram (rowid, grams) VALUES (:key, :grams)")
            self.connection.execute(
                statement, [{"key": row["key"], "grams": " ".join(row["grams"])} for row in self.grams]
            )
        else:
            statement = text(
                "INSERT INTO search_gram (rowid, grams) VALUES (:key, array_to_tsvector(CAST(:grams AS text[])))"
            )
            self.connection.execute(
                statement,
                [{"key": row["key"], "grams": stored_grams(row["key"], frozenset(row["grams"]))} for row in self.grams],
            )
        self.grams = []


_ORDER = (
    User,
    RoleGrant,
    Programme,
    ProgrammeMember,
    Organisation,
    Contact,
    Product,
    PlaybookVersion,
    Engagement,
    Assignment,
    StepProgress,
    Item,
    CoachingSession,
    SessionTopic,
    SearchDocument,
)


def fill(engine: Engine, scale: float, *, seed: int = 7) -> dict[str, int]:
    """Fill the database; give the numbers of rows."""
    chance, size = random.Random(seed), Size.of(scale)
    with engine.begin() as connection:
        loader = Loader(connection)
        people(loader)
        programmes(loader)
        vendors(loader, size, chance)
        loader.flush()
        engagements(loader, size, chance)
        loader.flush()
        if connection.dialect.name == "postgresql":
            set_sequences(connection)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE" if engine.dialect.name == "postgresql" else "ANALYZE"))
    return {
        "vendors": size.vendors,
        "engagements": size.engagements,
        "items": size.engagements * ITEMS_EACH,
        "sessions": size.engagements * SESSIONS_EACH,
    }


def stamp() -> dict[str, Any]:
    """Give the values that every editable row has."""
    return {"version": 1, "created_at": NOW, "changed_at": NOW}


def people(loader: Loader) -> None:
    """Add an office member (1), experts (2 and up) and a vendor member (last)."""
    for number in range(1, EXPERTS + 3):
        role = Role.STAFF if number == 1 else Role.VENDOR if number == EXPERTS + 2 else Role.EXPERT
        loader.add(
            User,
            id=number,
            email=f"load{number}@people.example",
            name=f"壓測人員{number}",
            active=True,
            fs_uniquifier=f"load-{number}",
            language="zh-Hant",
            shortcuts=True,
            **stamp(),
        )
        loader.add(RoleGrant, id=number, user_id=number, role=role, created_at=NOW)


def programmes(loader: Loader) -> None:
    """Add a programme year for each of the years, and the first playbook of each step."""
    for number, year in enumerate(YEARS, start=1):
        day = date(year + 1911, 1, 1)
        loader.add(
            Programme,
            id=number,
            code="counselling",
            roc_year=year,
            name_zh=f"輔導資服產業轉型雲服務（{year}年）",
            name_en=f"Cloud counselling {year}",
            starts_on=day,
            ends_on=day.replace(month=12, day=31),
            rulebook_hash="0" * 64,
            **stamp(),
        )
        loader.add(ProgrammeMember, id=number, programme_id=number, user_id=1, since=NOW)
    for playbook in playbooks():
        loader.add(
            PlaybookVersion,
            id=playbook.step.number,
            playbook=playbook.id,
            number=playbook.version,
            step=playbook.step,
            source_zh=playbook.source.zh_hant,
            source_en=playbook.source.en,
            digest=playbook.content_hash,
            path=playbook.path,
            published_at=NOW,
        )


@lru_cache
def playbooks() -> tuple[Playbook, ...]:
    """Give the first shipped playbook of each step."""
    firsts: dict[Step, Playbook] = {}
    for playbook in load_playbooks(Settings(demo=True).playbooks_dir):
        firsts.setdefault(playbook.step, playbook)
    return tuple(firsts[step] for step in Step)


def vendors(loader: Loader, size: Size, chance: random.Random) -> None:
    """Add vendors with a contact and products."""
    for number in range(1, size.vendors + 1):
        name = f"{''.join(chance.sample(NAMES, 2))}{number}示範資訊股份有限公司"
        loader.add(
            Organisation,
            id=number,
            ubn=f"{number:08d}",
            name_zh=name,
            name_en=f"Load Demo {number} Ltd.",
            kind=chance.choice(list(VendorKind)),
            capital=chance.randrange(1, 200) * 1_000_000,
            employees=chance.randrange(5, 300),
            address="",
            website="",
            phone="",
            profile="",
            internal_note="",
            **stamp(),
        )
        loader.add(
            Contact,
            id=number,
            organisation_id=number,
            name=f"窗口{number}",
            job_title="專案經理",
            email=f"contact{number}@vendor.example",
            phone="",
            is_main=True,
            **stamp(),
        )
        loader.document(DocumentKind.VENDOR, number, name, f"Load Demo {number} Ltd.", organisation_id=number)
    for number in range(1, size.vendors * PRODUCTS_EACH + 1):
        loader.add(
            Product,
            id=number,
            organisation_id=1 + (number - 1) % size.vendors,
            name_zh=f"雲端{FIELDS[number % 16]}管理系統{number}",
            name_en=f"Cloud suite {number}",
            charging_model=chance.choice(list(ChargingModel)),
            target_industry=FIELDS[number % 16],
            description="",
            **stamp(),
        )


@dataclass(frozen=True)
class Case:
    """The keys of one engagement and where it stands."""

    number: int
    vendor: int
    product: int
    programme: int
    expert: int
    step: Step
    since: date

    @property
    def title(self) -> str:
        """Give what the search shows of it."""
        return f"示範資訊{self.vendor} 雲端{FIELDS[self.product % 16]}管理系統{self.product}"

    @property
    def scope(self) -> dict[str, int]:
        """Give the keys that search documents are narrowed by."""
        return {"organisation_id": self.vendor, "engagement_id": self.number, "programme_id": self.programme}


def engagements(loader: Loader, size: Size, chance: random.Random) -> None:
    """Add engagements in all states with steps, items, assignments and sessions."""
    products = size.vendors * PRODUCTS_EACH
    for number in range(1, size.engagements + 1):
        product = 1 + (number - 1) % products
        case = Case(
            number=number,
            vendor=1 + (product - 1) % size.vendors,
            product=product,
            programme=1 + (number - 1) // products % len(YEARS),
            expert=2 + number % EXPERTS,
            step=chance.choice(list(Step)),
            since=date(2026, 11, 20) - timedelta(days=chance.randrange(0, 120)),
        )
        engagement(loader, chance, case)
        for step in Step:
            step_rows(loader, chance, case, step)
        for turn in range(SESSIONS_EACH):
            coaching_session(loader, chance, case, (number - 1) * SESSIONS_EACH + turn + 1)


def engagement(loader: Loader, chance: random.Random, case: Case) -> None:
    """Add one engagement with its expert."""
    loader.add(
        Engagement,
        id=case.number,
        organisation_id=case.vendor,
        product_id=case.product,
        programme_id=case.programme,
        state=chance.choices(list(EngagementState), weights=(80, 8, 4, 8))[0],
        step=case.step,
        anchor_on=case.since - timedelta(days=30 * (case.step.number - 1)),
        step_since=case.since,
        due_on=case.since + timedelta(days=45),
        items_done=chance.randrange(0, 4),
        items_total=3,
        version=1,
        created_at=NOW,
        changed_at=NOW - timedelta(minutes=chance.randrange(0, 100_000)),
    )
    loader.add(Assignment, engagement_id=case.number, user_id=case.expert, part=AssignmentPart.LEAD, since=NOW)
    loader.document(DocumentKind.ENGAGEMENT, case.number, case.title, "", **case.scope)


def step_rows(loader: Loader, chance: random.Random, case: Case, step: Step) -> None:
    """Add a step of an engagement with its items."""
    later, current = step.number > case.step.number, step is case.step
    loader.add(
        StepProgress,
        engagement_id=case.number,
        step=step,
        state=StepState.WAITING if later else StepState.OPEN if current else StepState.PASSED,
        started_on=None if later else case.since,
        due_on=case.since + timedelta(days=45),
        overridden=False,
        **stamp(),
    )
    for position in range(1, ITEMS_EACH // 4 + 1):
        done = not later and (not current or chance.random() < HALF)
        loader.add(
            Item,
            engagement_id=case.number,
            step=step,
            playbook_version_id=step.number,
            key=playbooks()[step.number - 1].items[position - 1].id,
            position=position,
            who=Party.VENDOR,
            evidence_kind=EvidenceKind.DOCUMENT,
            gate=True,
            due_on=case.since + timedelta(days=10 * position),
            state=ItemState.VERIFIED if done else ItemState.OPEN,
            reason="",
            done_at=NOW if done else None,
            verified_at=NOW if done else None,
            **stamp(),
        )


def coaching_session(loader: Loader, chance: random.Random, case: Case, key: int) -> None:
    """Add a session of an engagement."""
    start = chance.randrange(0, len(TALK) - 120)
    findings = f"{chance.choice(FIELDS)}現場：{TALK[start : start + 118]}"
    recommendations = TALK[len(TALK) - start - 118 : len(TALK) - start]
    loader.add(
        CoachingSession,
        id=key,
        engagement_id=case.number,
        organisation_id=case.scope["organisation_id"],
        programme_id=case.scope["programme_id"],
        expert_id=case.expert,
        client_key=f"load-{key}",
        step=case.step,
        state=SessionState.ACKNOWLEDGED,
        starts_at=NOW - timedelta(days=chance.randrange(1, 300)),
        hours=Decimal(2),
        mode=Mode.ONLINE,
        place="",
        findings=findings,
        recommendations=recommendations,
        internal_note="",
        submitted_at=NOW,
        **stamp(),
    )
    loader.document(DocumentKind.SESSION, key, case.title, f"{findings}\n{recommendations}", **case.scope)


def set_sequences(connection: Connection) -> None:
    """Let PostgreSQL's sequences go on after the ids given here."""
    for table in tables.metadata.sorted_tables:
        if "id" in table.c and table.c.id.autoincrement:
            highest = connection.scalar(select(func.max(table.c.id))) or 0
            sequence = func.pg_get_serial_sequence(table.name, "id")
            connection.execute(select(func.setval(sequence, highest + 1, False)))


def main(arguments: Iterable[str] | None = None) -> None:
    """Fill the database that the arguments name."""
    parser = argparse.ArgumentParser(description="Fill a migrated database with much invented data.")
    parser.add_argument("--database", required=True)
    parser.add_argument("--scale", type=float, default=1.0)
    asked = parser.parse_args(list(arguments) if arguments is not None else None)
    began = time.perf_counter()
    made = fill(create_engine(asked.database), asked.scale)
    print(", ".join(f"{number:,} {name}" for name, number in made.items()), f"in {time.perf_counter() - began:.1f} s")


if __name__ == "__main__":
    main()
