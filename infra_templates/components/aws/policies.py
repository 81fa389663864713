"""Policies of AWS, written from what they allow."""

import json
from collections.abc import Mapping, Sequence
from typing import Any


def trust(service: str) -> str:
    """Let a service of AWS take a role."""
    return document({"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"})


def policy(actions: Sequence[str], resources: Sequence[str]) -> str:
    """Allow some actions on some resources."""
    return document({"Effect": "Allow", "Action": list(actions), "Resource": list(resources)})


def document(*statements: Mapping[str, Any]) -> str:
    """Write a policy of several statements."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
