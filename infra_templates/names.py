"""Names and tags, fixed before anything is created, so that a lost resource can always be found and never made twice."""

import hashlib
import re

from infra_templates.settings import Mode, SaasSettings

PREFIX = "cs"
DIGEST_LENGTH = 6
CUT_LENGTH = 4
_NOT_PLAIN = re.compile(r"[^a-z0-9]")


def name_of(settings: SaasSettings, part: str, *, longest: int = 63) -> str:
    """Name a resource: prefix, environment, part and a digest that keeps two environments apart.

    Where the service allows fewer characters, the environment's name is cut, never the part or the digest.
    """
    tail = f"-{part}-{_digest(settings)}"
    room = longest - len(PREFIX) - 1 - len(tail)
    if room < 1:
        raise ValueError(f"The part “{part}” leaves no room for a name of {longest} characters. Shorten it.")
    return f"{PREFIX}-{settings.sandbox[:room].rstrip('-')}{tail}"


def plain_name_of(settings: SaasSettings, part: str, *, longest: int = 24) -> str:
    """Name a resource of a service that takes letters and digits only, such as an Azure storage account."""
    tail = f"{_NOT_PLAIN.sub('', part)}{_digest(settings)}"
    room = longest - len(PREFIX) - len(tail)
    if room < 0:
        raise ValueError(f"The part “{part}” leaves no room for a name of {longest} characters. Shorten it.")
    return f"{PREFIX}{_NOT_PLAIN.sub('', settings.sandbox)[:room]}{tail}"


def cut(part: str, longest: int, *, plain: bool = False) -> str:
    """Shorten a part where a service takes few characters; a digest then keeps two that begin alike apart.

    A plain name loses its hyphens, so one that has any gets the digest too.
    """
    if len(part) <= longest and not (plain and "-" in part):
        return part
    room = longest - CUT_LENGTH - 1
    return f"{part[:room].rstrip('-')}-{hashlib.sha256(part.encode()).hexdigest()[:CUT_LENGTH]}"


def tags_of(settings: SaasSettings) -> dict[str, str]:
    """Give the tags of every resource; the same words are labels on Google Cloud."""
    return {
        "cloudsteps-programme": settings.programme,
        "cloudsteps-engagement": settings.engagement,
        "cloudsteps-sandbox": settings.sandbox,
        "cloudsteps-operation": settings.operation,
        "cloudsteps-owner": settings.owner,
        "cloudsteps-expiry": settings.expires_on.isoformat() if settings.expires_on else "never",
        "cloudsteps-cost": "sandbox" if settings.mode is Mode.SANDBOX else "vendor",
    }


def _digest(settings: SaasSettings) -> str:
    """Tell environments apart by what never changes in their life; not by the operation, which does."""
    whole = f"{settings.cloud}/{settings.programme}/{settings.engagement}/{settings.sandbox}"
    return hashlib.sha256(whole.encode()).hexdigest()[:DIGEST_LENGTH]
