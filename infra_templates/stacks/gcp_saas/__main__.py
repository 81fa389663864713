"""Run by `pulumi up`."""

from infra_templates.stacks.gcp_saas.program import program

program()
