"""Run by `pulumi up`."""

from infra_templates.stacks.aws_saas.program import program

program()
