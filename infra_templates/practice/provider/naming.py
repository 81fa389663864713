"""Names that a resource gets by itself, as the real providers give them: the resource's name and some signs by chance."""

import hashlib
import uuid

SIGNS = 7


def own_name(urn_name: str, seed: bytes, *, longest: int, style: str = "dashed") -> str:
    """Name a resource by its name in the program; the same seed gives the same name, so that a repeated call makes no twin."""
    digest = hashlib.sha256(seed + urn_name.encode()).hexdigest()
    if style == "uuid":
        return str(uuid.UUID(digest[:32]))
    if style == "plain":
        letters = "".join(sign for sign in urn_name.lower() if sign.isalnum())
        return f"{letters[: longest - SIGNS]}{digest[:SIGNS]}"
    tail = f"-{digest[:SIGNS]}"
    return f"{urn_name[: longest - len(tail)]}{tail}"
