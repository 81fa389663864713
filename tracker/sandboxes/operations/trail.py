"""What happens to sandboxes, written into the audit trail and the search index."""

from tracker.accounts.access import Actor
from tracker.core import audit, search
from tracker.core.db import Base
from tracker.core.search import DocumentKind
from tracker.sandboxes.models import Sandbox


def note(action: str, sandbox: Sandbox, actor: Actor, *, subject: Base | None = None, **facts: object) -> None:
    """Record what happened to a sandbox, with the engagement and the vendor that it belongs to."""
    audit.record(
        action,
        subject if subject is not None else sandbox,
        actor=actor,
        engagement_id=sandbox.engagement_id,
        organisation_id=sandbox.organisation_id,
        title=sandbox.title,
        code=sandbox.code,
        **facts,
    )


def index(sandbox: Sandbox) -> None:
    """Let people find a sandbox by its title, its code, its purpose and its vendor."""
    case = sandbox.engagement
    names = (case.organisation.name_zh, case.organisation.name_en, case.product.name_zh, case.product.name_en)
    search.put(
        search.Entry(
            DocumentKind.SANDBOX,
            sandbox.id,
            f"{case.organisation.name_zh} {sandbox.title}",
            "\n".join(filter(None, (sandbox.code, sandbox.purpose, *names))),
            organisation_id=sandbox.organisation_id,
            engagement_id=sandbox.engagement_id,
            programme_id=sandbox.programme_id,
        )
    )
