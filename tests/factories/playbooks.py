"""Invented playbooks, written as files and published by the operation."""

from pathlib import Path

from tracker.accounts.access import SYSTEM
from tracker.journey import operations
from tracker.journey.models import PlaybookVersion

ZH = """\
+++
id = "{id}"
step = "{step}"
version = {version}
use = "{use}"
title = "示範指引 {id}"
summary = "示範摘要。"
audience = ["vendor", "expert"]
vendor_kinds = [{kinds}]
+++

## 何時使用 {{: #when }}

示範內文。{more}

## 檢核清單 {{: #checklist }}

- [ ] 完成演練 {{: #drill who=vendor evidence=record gate days=5 by=drill }}
- [ ] 寫下結果 {{: #result who=vendor evidence=document days=10 }}
- [ ] 再演練一次 {{: #again who=expert evidence=record days=15 by=drill }}

## 怎樣算完成 {{: #done }}

有紀錄。
"""
EN = """\
+++
id = "{id}"
version = {version}
title = "Sample playbook {id}"
summary = "A sample."
+++

## When to use it {{: #when }}

Sample text.{more}

## Checklist {{: #checklist }}

- [ ] Drill {{: #drill }}
- [ ] Write it down {{: #result }}
- [ ] Drill again {{: #again }}

## Done {{: #done }}

There is a record.
"""


def write(
    root: Path,
    name: str = "deep-dive",
    *,
    step: str = "assess",
    number: str = "09",
    version: int = 1,
    use: str = "chosen",
    kinds: str = "",
    more: str = "",
) -> Path:
    """Write both files of a playbook, and give the path of the original."""
    folder = root / "steps" / step
    folder.mkdir(parents=True, exist_ok=True)
    values = {"id": name, "step": step, "version": version, "use": use, "kinds": kinds, "more": more}
    for language, text in (("zh-Hant", ZH), ("en", EN)):
        (folder / f"{number}-{name}.{language}.md").write_text(text.format(**values), encoding="utf-8")
    return folder / f"{number}-{name}.zh-Hant.md"


def published(root: Path) -> list[PlaybookVersion]:
    """Publish what stands in a folder."""
    return operations.publish_playbooks(root, actor=SYSTEM)
