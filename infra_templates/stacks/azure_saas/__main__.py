"""Run by `pulumi up`."""

from infra_templates.stacks.azure_saas.program import program

program()
