"""Names that a resource gets by itself, as the real providers give them: the resource's name and some signs by chance."""

import hashlib

SIGNS = 7


def own_name(urn_name: str, seed: bytes, *, longest: int) -> str:
    """Name a resource by its name in the program; the same seed gives the same name, so that a repeated call makes no twin."""
    tail = f"-{hashlib.sha256(seed + urn_name.encode()).hexdigest()[:SIGNS]}"
    return f"{urn_name[: longest - len(tail)]}{tail}"
