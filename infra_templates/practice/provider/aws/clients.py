"""Clients of the AWS emulator, one per service and region."""

import threading
from typing import Any

import boto3
from botocore.config import Config

ACCOUNT = "123456789012"
"""The account that the emulator gives to every key it doesn't know."""

_CONFIG = Config(retries={"max_attempts": 1}, connect_timeout=5, read_timeout=120, s3={"addressing_style": "path"})


class Clients:
    """Makes clients once; making them is not safe in several threads, using them is."""

    def __init__(self, endpoint: str) -> None:
        """Reach the emulator at this address."""
        self._endpoint = endpoint
        self._lock = threading.Lock()
        self._made: dict[tuple[str, str], Any] = {}
        self._session = boto3.Session(aws_access_key_id="practice", aws_secret_access_key="practice")  # noqa: S106 - the emulator takes any

    def get(self, service: str, region: str) -> Any:
        """Give the client of a service in a region."""
        with self._lock:
            key = (service, region)
            if key not in self._made:
                self._made[key] = self._session.client(
                    service, region_name=region or "us-east-1", endpoint_url=self._endpoint, config=_CONFIG
                )
            return self._made[key]
