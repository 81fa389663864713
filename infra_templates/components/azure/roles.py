"""Azure's own roles that the stack gives, by their identifiers, and names of assignments that stay the same."""

import uuid

BLOBS_CONTRIBUTOR = "ba92f5b4-2d11-453d-a403-e96b0029c9fe"
"""Read, write and delete blobs; deleting a version or a lock is not part of it."""
SECRETS_USER = "4633458b-17de-408a-b874-0445c86b69e6"
ENCRYPTION_USER = "e147488a-f6f5-4113-8e2d-b22465e65bf6"
"""Wrap and unwrap with a key; nothing else."""
METRICS_PUBLISHER = "3913510d-42f4-4e42-8a64-420c390055eb"


def fixed_uuid(name: str) -> str:
    """Name what Azure names by a UUID, the same every time."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"cloudsteps:{name}"))
