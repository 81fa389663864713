"""Start, stop and look at a practice cloud by hand: `python -m infra_templates.practice start|stop|status|wipe [FOLDER]`."""

import argparse
import json
import sys
from pathlib import Path

from infra_templates.practice.cloud import start_cloud, stop_cloud, wipe_folder
from infra_templates.practice.emulators import ROOT, Unavailable
from infra_templates.practice.provider.tables import PACKAGES, table_of
from infra_templates.practice.supervisor import state_in
from infra_templates.sentences import Sentence

FOLDER = ROOT / "var" / "practice"


def main() -> int:
    """Do what was asked; 1 where it can't be done."""
    parser = argparse.ArgumentParser(
        prog="python -m infra_templates.practice", description="A cloud on this machine, to practise on."
    )
    parser.add_argument("command", choices=sorted(_COMMANDS))
    parser.add_argument("folder", nargs="?", type=Path, default=FOLDER, help="where its data lies (var/practice)")
    parser.add_argument("--packages", default=",".join(PACKAGES), help="aws, azure-native, gcp, separated by commas")
    given = parser.parse_args()
    packages = given.packages.split(",")
    unknown = sorted(set(packages) - set(PACKAGES))
    if unknown:
        parser.error(f"There is no package {', '.join(unknown)}. Packages: {', '.join(PACKAGES)}.")
    try:
        return _COMMANDS[given.command](given.folder, packages)
    except Unavailable as error:
        return _fail(error.sentence)


def _start(folder: Path, packages: list[str]) -> int:
    cloud = start_cloud(folder, packages)
    _say(Sentence(f"模擬雲執行中，資料在 {folder}。", f"The practice cloud runs; its data lies in {folder}."))
    for package, endpoint in cloud.endpoints.items():
        print(f"  {package:<13} {endpoint}")
    for sentence in cloud.unavailable.values():
        _fail(sentence)
    return 0 if cloud.endpoints else 1


def _stop(folder: Path, packages: list[str]) -> int:
    if not stop_cloud(folder):
        return _fail(Sentence(f"{folder} 沒有執行中的模擬雲。", f"No practice cloud runs in {folder}."))
    return _say(Sentence("模擬雲已停止，資料保留。", "The practice cloud has stopped; its data stays."))


def _wipe(folder: Path, packages: list[str]) -> int:
    stop_cloud(folder)
    wipe_folder(folder)
    return _say(Sentence("模擬雲已停止，資料已刪除。", "The practice cloud has stopped, and its data is deleted."))


def _status(folder: Path, packages: list[str]) -> int:
    state = state_in(folder)
    if state is None:
        return _fail(Sentence(f"{folder} 沒有執行中的模擬雲。", f"No practice cloud runs in {folder}."))
    types = {package: _counts(package) for package in state.endpoints}
    print(json.dumps({"pid": state.pid, "endpoints": state.endpoints, "types": types}, ensure_ascii=False, indent=1))
    return 0


def _counts(package: str) -> dict[str, int]:
    entries = table_of(package).entries.values()
    emulated = sum(entry.emulated for entry in entries)
    return {"emulated": emulated, "recorded only": len(entries) - emulated}


def _say(sentence: Sentence) -> int:
    print(sentence.zh_hant, sentence.en, sep="\n")
    return 0


def _fail(sentence: Sentence) -> int:
    print(sentence.zh_hant, sentence.en, sep="\n", file=sys.stderr)
    return 1


_COMMANDS = {"start": _start, "stop": _stop, "status": _status, "wipe": _wipe}

if __name__ == "__main__":
    sys.exit(main())
