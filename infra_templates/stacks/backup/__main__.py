"""Run by `pulumi up`."""

from infra_templates.stacks.backup.program import program

program()
