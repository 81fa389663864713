"""Storage accounts: each gets one of the accounts that Azurite knows, so that its blobs are its own."""

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from azure.storage.blob import BlobServiceClient

from infra_templates.practice.emulators import ACCOUNT_KEY, STORAGE_SLOTS, account_name
from infra_templates.practice.provider.handlers import Failed

SLOTS = "accounts.json"


class Accounts:
    """The storage accounts of one practice cloud."""

    def __init__(self, folder: Path, endpoint: str) -> None:
        """Keep in a folder which account has which slot."""
        self._folder = folder
        self._endpoint = endpoint

    def take(self, name: str) -> str:
        """Give an account a slot, the one it has where it has one, and tell the address of its blobs."""
        with self._slots() as slots:
            if name not in slots:
                free = set(range(STORAGE_SLOTS)) - set(slots.values())
                if not free:
                    raise Failed(f"A practice cloud has {STORAGE_SLOTS} storage accounts, and all are taken.")
                slots[name] = min(free)
        return self.address(name)

    def release(self, name: str) -> None:
        """Give a slot back with all its containers, as Azure deletes them with their account."""
        with self._slots() as slots:
            if name in slots:
                _empty(self._client(slots[name]))
                del slots[name]

    def client(self, name: str) -> BlobServiceClient:
        """Give the blobs of an account."""
        return self._client(self._slot_of(name))

    def address(self, name: str) -> str:
        """Tell the address of an account's blobs."""
        return f"{self._endpoint}/{account_name(self._slot_of(name))}"

    def _slot_of(self, name: str) -> int:
        with self._slots() as slots:
            if name not in slots:
                raise Failed(f"There is no storage account {name}.")
            return slots[name]

    def _client(self, slot: int) -> BlobServiceClient:
        return BlobServiceClient(
            f"{self._endpoint}/{account_name(slot)}", credential=ACCOUNT_KEY, retry_total=0, connection_timeout=5
        )

    @contextmanager
    def _slots(self) -> Iterator[dict[str, int]]:
        """Read the slots, and write them if they changed; one process at a time."""
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / SLOTS
        with (self._folder / f"{SLOTS}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            slots: dict[str, int] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
            before = dict(slots)
            yield slots
            if slots != before:
                draft = path.with_suffix(".draft")
                draft.write_text(json.dumps(slots), encoding="utf-8")
                draft.replace(path)


def _empty(client: BlobServiceClient) -> None:
    for container in client.list_containers():
        client.delete_container(container.name)


def refused(error: HttpResponseError) -> Failed:
    """Tell what Blob Storage said."""
    reason: Any = getattr(error, "error_code", "") or error.reason
    return Failed(f"Blob Storage: {reason}: {' '.join(str(error.message).split())[:300]}")


__all__ = ["Accounts", "HttpResponseError", "ResourceNotFoundError", "refused"]
