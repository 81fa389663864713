import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.vendors import names


@pytest.mark.parametrize(
    "name",
    [
        "台灣雲階科技股份有限公司",
        "臺灣雲階科技股份有限公司",
        "台灣雲階科技有限公司",
        "台灣雲階科技公司",
        "台灣雲階科技(股)公司",
        "台灣雲階科技（股）公司",
        "台灣雲階科技",
        " 台灣 雲階科技 股份有限公司 ",
        "台灣雲階科技股份有限公司(資訊部)",
    ],
)
def test_a_chinese_name_is_one_name_whatever_its_legal_form_width_and_variant(name: str) -> None:
    assert names.core_name(name) == "台灣雲階科技"


@pytest.mark.parametrize(
    "name",
    [
        "Cloud Steps Co., Ltd.",
        "CLOUD STEPS INC.",
        "cloud steps",
        "Ｃｌｏｕｄ　Ｓｔｅｐｓ　Ｃｏ．，Ｌｔｄ．",
        "Cloud-Steps Corporation",
    ],
)
def test_an_english_name_is_one_name_whatever_its_legal_form_and_width(name: str) -> None:
    assert names.core_name(name) == "cloudsteps"


@pytest.mark.parametrize(
    ("name", "core"), [("公司", "公司"), ("Inc.", "inc"), ("股份有限公司", "股份有限公司"), ("", "")]
)
def test_a_name_that_is_only_a_legal_form_stays_whole(name: str, core: str) -> None:
    assert names.core_name(name) == core


@pytest.mark.parametrize(
    ("address", "domain"),
    [
        ("name@example.com.tw", "example.com.tw"),
        ("name@mail.example.com.tw", "example.com.tw"),
        ("name@EXAMPLE.com", "example.com"),
        ("name@gmail.com", ""),
        ("name@ms35.hinet.net", ""),
        ("no address", ""),
        ("name@10.0.0.1", ""),
    ],
)
def test_a_mail_domain_tells_the_company_unless_everybody_can_have_it(address: str, domain: str) -> None:
    assert names.domain_of_mail(address) == domain


@pytest.mark.parametrize(
    ("address", "domain"),
    [
        ("https://www.example.com.tw/a", "example.com.tw"),
        ("https://facebook.com/us", ""),
        ("https://[::1", ""),
        ("", ""),
    ],
)
def test_a_website_tells_the_domain_of_its_owner(address: str, domain: str) -> None:
    assert names.domain_of_website(address) == domain


@given(st.text(max_size=60))
def test_whatever_the_name_its_legal_form_never_makes_another_company_of_it(name: str) -> None:
    core = names.core_name(f"雲階{name}")

    assert core
    assert names.core_name(f"  {core} ") == names.core_name(core)
