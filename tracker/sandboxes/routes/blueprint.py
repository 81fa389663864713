"""The blueprint that the pages of sandboxes are part of, and words that several of them say."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from flask import Blueprint, g
from flask_babel import gettext as _

from tracker.core import clock
from tracker.core.content import Bilingual
from tracker.journey.models import Engagement
from tracker.sandboxes import catalogue, permissions, words
from tracker.sandboxes.models import Sandbox
from tracker.sandboxes.rules.life import cost_of_life, cost_so_far
from tracker.web.filters import show_name

bp = Blueprint("sandboxes", __name__, template_folder="../templates")


def language() -> str:
    """Give the reader's language."""
    return str(g.get("language", "zh-Hant"))


def said(text: Bilingual) -> str:
    """Say a text in the reader's language."""
    return text.of(language())


def pick(zh: str, en: str) -> str:
    """Give a name in the reader's language; where there is no English one, the Chinese."""
    return en if language() == "en" and en else zh


def case_name(case: Engagement) -> str:
    """Give an engagement's name: vendor and product."""
    return f"{show_name(case.organisation)} · {show_name(case.product)}"


def cloud_name(cloud: str) -> str:
    """Name a cloud."""
    known = catalogue.cloud_names().get(cloud)
    return said(known) if known is not None else cloud


def place_name(row: Any) -> str:
    """Say where a sandbox is built: on which cloud, really or in practice."""
    cloud = cloud_name(row.cloud)
    return cloud if row.account_id is not None else str(_("%(cloud)s, practice", cloud=cloud))


def dollars(low: Decimal | None, high: Decimal | None) -> str:
    """Write a price or a range of prices."""
    if low is None or high is None:
        return ""
    return f"US${low:,.2f}" if low == high else f"US${low:,.2f}–{high:,.2f}"


def cost(row: Any) -> str:
    """Write what a sandbox has cost so far: its rate times the hours that it stands."""
    if row.live_since is None or row.monthly_low is None:
        return ""
    until = row.destroyed_at or clock.now()
    return dollars(*(cost_so_far(rate, row.live_since, until) for rate in (row.monthly_low, row.monthly_high)))


def cost_of_all(sandbox: Sandbox, price: Mapping[str, Any]) -> str:
    """Write what a plan will cost over the whole life that was asked for."""
    if not price.get("low"):
        return ""
    return dollars(*(cost_of_life(Decimal(price[name]), sandbox.lifetime_hours) for name in ("low", "high")))


@bp.context_processor
def shared() -> dict[str, Any]:
    """Let the pages of sandboxes name things in the reader's language, and ask who may do what."""
    return {
        "permissions": permissions,
        "said": said,
        "pick": pick,
        "case_name": case_name,
        "cloud_name": cloud_name,
        "place_name": place_name,
        "dollars": dollars,
        "cost": cost,
        "words": words,
    }
