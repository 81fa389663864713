"""What is asked of the front's log, in Azure's language for it (KQL)."""

from infra_templates.slo import Burn

# Azure gives a column its type by the first value that it sees, so both that it may have are looked for.
_REQUESTS = """AzureDiagnostics
| where Category == "FrontDoorAccessLog"
| extend status = coalesce(toint(column_ifexists("httpStatusCode_s", "")), toint(column_ifexists("httpStatusCode_d", 0.0)))
| extend failed = status >= 500, seconds = todouble(column_ifexists("timeTaken_s", ""))
"""


def burning(burn: Burn, percent: float) -> str:
    """Ask for a line when both windows burn: the long one means that it matters, the short one that it still goes on."""
    long, short = f"ago({burn.long_minutes}m)", f"ago({burn.short_minutes}m)"
    return f"""{_REQUESTS}| where TimeGenerated > {long}
| summarize all_long = count(), failed_long = countif(failed),
    all_short = countif(TimeGenerated > {short}), failed_short = countif(failed and TimeGenerated > {short})
| where all_long > 0 and all_short > 0
| where 100.0 * failed_long / all_long > {percent:g} and 100.0 * failed_short / all_short > {percent:g}
"""


REQUESTS_AND_FAILURES = f"""{_REQUESTS}| summarize requests = count(), failed = countif(failed) by bin(TimeGenerated, 5m)
| render timechart"""

RESPONSE_TIME = f"""{_REQUESTS}| summarize seconds = percentile(seconds, 95) by bin(TimeGenerated, 5m)
| render timechart"""

BLOCKED = """AzureDiagnostics
| where Category == "FrontDoorWebApplicationFirewallLog"
| summarize requests = count() by column_ifexists("ruleName_s", ""), column_ifexists("action_s", "")
| order by requests desc"""
