import tomllib
from collections.abc import Iterator
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.core.content import Bilingual, ContentFaults, KeyPath, as_date, key_lines, read_toml

keys = st.from_regex(r"[a-z][a-z0-9-]{0,6}", fullmatch=True)
texts = st.sampled_from(
    ['"a"', '"甲 = [1]"', "'[x]'", '"say \\"b = 1\\""', '"""\nc = 1\n[d]\n"""', "'''\ne = 2\n'''", '"# f"']
)
values = texts | st.sampled_from(
    ["1", "true", "2022-08-20", "[\n  1, # g = 1\n  2,\n]", '{ h = "i", j = 1 }', '["]", "["]']
)


def paths(data: object, here: KeyPath = ()) -> Iterator[KeyPath]:
    """Walk every table, list entry and key of what tomllib read."""
    if here:
        yield here
    if isinstance(data, dict):
        for key, value in data.items():
            yield from paths(value, (*here, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            if isinstance(value, dict):
                yield from paths(value, (*here, index))


@given(st.lists(st.tuples(keys, values), unique_by=lambda pair: pair[0], max_size=6), st.integers(0, 3))
def test_every_key_is_found_on_the_line_that_writes_it(entries: list[tuple[str, str]], repeats: int) -> None:
    rows = [f"{key} = {value}" for key, value in entries]
    for _ in range(repeats):
        rows += ["", "[[zz-entry]]", *rows[: len(entries)], "[zz-entry.zz-inner]", "zz.deep = 1"]
    text = "\n".join(rows)
    lines = text.split("\n")

    found = key_lines(text)

    assert set(found) <= set(paths(tomllib.loads(text)))
    for key, _ in entries:
        assert lines[found[(key,)] - 1].startswith(f"{key} =")
        for index in range(repeats):
            assert lines[found["zz-entry", index, key] - 1].startswith(f"{key} =")
    numbers = [found["zz-entry", index, "zz-inner", "zz", "deep"] for index in range(repeats)]
    assert numbers == sorted(set(numbers))


def test_broken_toml_names_the_line_in_its_file() -> None:
    with pytest.raises(ContentFaults) as caught:
        read_toml('a = 1\nb = "x\n', "some.md", first_line=2)

    assert (caught.value.faults[0].file, caught.value.faults[0].line) == ("some.md", 3)
    assert "not valid TOML" in str(caught.value)


def test_toml_that_ends_too_early_names_its_last_line() -> None:
    with pytest.raises(ContentFaults) as caught:
        read_toml('a = 1\nb = """x\ny', "some.toml")

    assert caught.value.faults[0].line == 3


def test_a_text_is_given_in_the_language_of_the_locale() -> None:
    text = Bilingual("評估", "Assess")

    assert text.of("en") == text.of("en_GB") == "Assess"
    assert text.of("zh_Hant_TW") == text.of("zh-Hant") == "評估"


@pytest.mark.parametrize(
    ("value", "expected"),
    [(date(2022, 8, 20), date(2022, 8, 20)), (datetime(2022, 8, 20, 1, 2), None), ("2022-08-20", None)],  # noqa: DTZ001 - TOML has such moments
)
def test_a_date_is_a_day_and_nothing_else(value: object, expected: date | None) -> None:
    assert as_date(value) == expected
