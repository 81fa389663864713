"""Which id something may have got whose creation nobody heard the end of: its own name first, never that of another."""

from tracker.sandboxes.engine.settling import _next_tries, as_planned, candidates, ids_of

BUCKET = "gcp:storage/bucket:Bucket"


def bucket(name: str) -> dict[str, object]:
    return {"urn": f"urn::{name}", "type": BUCKET, "inputs": {"name": name}}


def found(id_: str, type_: str = BUCKET) -> dict[str, str]:
    return {"id": id_, "type": type_}


def test_ids_are_known_whole_and_without_what_stands_before_the_name() -> None:
    assert "my-role" in ids_of("arn:aws:iam::123456789012:role/my-role")
    assert "vpc-1" in ids_of("vpc-1")
    assert "topic" in ids_of("arn:aws:sns:ap-northeast-1:123456789012:topic")


def test_the_very_name_comes_before_others_of_its_kind() -> None:
    strangers = [found("cs-data-10"), found("cs-data-1"), found("queue", "aws:sqs/queue:Queue")]

    guesses = list(candidates(bucket("cs-data-1"), strangers))

    assert guesses[0] == "cs-data-1"
    assert "queue" not in guesses


def test_two_are_never_given_the_same_guess_at_once() -> None:
    waiting = {name: (bucket(name), ["x", name]) for name in ("one", "two")}

    tries = _next_tries(waiting)

    assert len({guess for _one, guess in tries.values()}) == 2


def test_a_planned_creation_is_written_without_what_the_plan_could_not_know() -> None:
    unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
    goal = {"type": BUCKET, "custom": True, "parent": "root", "inputDiff": {"adds": {"name": "a", "key": unknown, "list": [unknown, 1]}}}  # fmt: skip

    made = as_planned("urn::a", {"goal": goal, "steps": ["create"]}, {"gcp": "provider::1"}, {"root"}, "root")

    assert made is not None
    assert made["inputs"] == {"name": "a", "list": [1]}
    assert as_planned("urn::a", {"goal": goal, "steps": ["same"]}, {"gcp": "provider::1"}, set(), "root") is None
    assert as_planned("urn::a", {"goal": goal, "steps": ["create"]}, {}, set(), "root") is None
