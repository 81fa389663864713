"""Started by the engine: `pulumi preview --policy-pack infra_templates/guardrails/pack`."""

import sys
from pathlib import Path

# The engine starts the pack in its own folder; the rules lie in the package around it.
sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from pulumi_policy import PolicyPack

from infra_templates.guardrails.policies import policies

PolicyPack(name="cloudsteps", policies=policies())
