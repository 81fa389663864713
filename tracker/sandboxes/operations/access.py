"""What a sandbox gives to its people: secret outputs, shown once on demand and never written down again."""

import json

from tracker.accounts.access import Actor
from tracker.core.errors import Refused
from tracker.core.text import N_
from tracker.sandboxes import vault
from tracker.sandboxes.models import Sandbox
from tracker.sandboxes.operations.trail import note
from tracker.sandboxes.queries.sandboxes import sealed_outputs_of


def reveal_output(sandbox: Sandbox, name: str, *, actor: Actor) -> str:
    """Give one secret output to a person; the audit trail keeps who saw which, never what."""
    if name not in sandbox.outputs or sandbox.outputs[name] is not None:
        raise Refused(N_("The sandbox has no such secret. Open its page again."))
    sealed = sealed_outputs_of(sandbox)
    if not sealed:
        raise Refused(N_("The secrets of this sandbox are gone, since it was destroyed."))
    value = json.loads(vault.open_text(sealed, f"{sandbox.code}/outputs")).get(name)
    if value is None:
        raise Refused(N_("The sandbox has no such secret. Open its page again."))
    note("sandbox.output_revealed", sandbox, actor, output=name)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
