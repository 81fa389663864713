"""Settings that would do harm are refused with what to write instead."""

import pytest

from tracker.core.settings import Settings

KEY = "long enough to be a secret key of a test"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "file:///srv/stacks",
        "azblob://states",
        "s3://states?region=ap-northeast-1&profile=states",
    ],
)
def test_states_of_stacks_lie_where_no_sandbox_s_credentials_open_them(url: str) -> None:
    assert Settings(secret_key=KEY, pulumi_backend_url=url).pulumi_backend_url == url


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("s3://states?region=ap-northeast-1", "names its profile"),
        ("gs://states", "s3://, azblob:// or file://"),
        ("https://api.example.com", "s3://, azblob:// or file://"),
    ],
)
def test_a_store_that_would_be_opened_with_a_sandbox_s_keys_is_refused(url: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Settings(secret_key=KEY, pulumi_backend_url=url)
