"""Who is told what happened to an engagement."""

from collections.abc import Iterable

from tracker.accounts.access import Actor
from tracker.core.content import names_of
from tracker.journey import playbook_shelf
from tracker.journey.models import Engagement, Item
from tracker.notifications import operations as notifications
from tracker.notifications.rules import Reason


def title_of(item: Item) -> dict[str, str]:
    """Give an item's words in both languages, for a record that stays readable by itself."""
    title = playbook_shelf.title(item.playbook_version_id, item.playbook_version.digest, item.key)
    return {"zh-Hant": title.zh_hant, "en": title.en}


def tell(
    user_ids: Iterable[int | None],
    reason: Reason,
    msgid: str,
    engagement: Engagement,
    /,
    *,
    actor: Actor,
    **params: object,
) -> None:
    """Tell people, the actor excepted, about an engagement."""
    tell_at(f"/engagements/{engagement.id}", user_ids, reason, msgid, engagement, actor=actor, **params)


def tell_at(
    path: str,
    user_ids: Iterable[int | None],
    reason: Reason,
    msgid: str,
    engagement: Engagement,
    /,
    *,
    actor: Actor,
    **params: object,
) -> None:
    """Tell people, the actor excepted, and lead them to a page; of texts in both languages each reads their own."""
    notifications.notify(
        set(user_ids) - {actor.user_id},
        reason,
        msgid,
        {**_names(engagement), **params},
        path=path,
        engagement_id=engagement.id,
    )


def say_farewell(user_id: int, msgid: str, engagement: Engagement, *, actor: Actor) -> None:
    """Tell a person about an engagement that they do not see any more."""
    names = _names(engagement)
    notifications.notify({user_id} - {actor.user_id}, Reason.ASSIGNED, msgid, names, path="/engagements")


def _names(engagement: Engagement) -> dict[str, object]:
    """Name vendor and product in both languages; each reader is told in their own."""
    return {"vendor": names_of(engagement.organisation), "product": names_of(engagement.product)}


def tell_of_item(
    user_ids: Iterable[int | None], reason: Reason, msgid: str, item: Item, /, *, actor: Actor, **params: object
) -> None:
    """Tell people, the actor excepted, about an item, each in the language they read."""
    title = playbook_shelf.title(item.playbook_version_id, item.playbook_version.digest, item.key)
    tell_at(f"/items/{item.id}", user_ids, reason, msgid, item.engagement, actor=actor, item=title, **params)
