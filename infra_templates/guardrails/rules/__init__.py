"""The guardrails, by what they are about; reading this package enters them all into `rule.RULES`."""

from infra_templates.guardrails.rules import backup, databases, files, identity, keys, network, whole

__all__ = ["backup", "databases", "files", "identity", "keys", "network", "whole"]
