import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fakes.posts import POST
from syndicate import content
from syndicate.content import Renderer, markdown, sanitize, templating

PAGE = "https://example.org/blog/post/"


def test_markdown_has_what_people_use(rendered):
    html = rendered(
        "# H\n\n~~gone~~ **b** `c<d>` https://x.org/a_b. www.y.org <z@w.org>\n\n"
        "| a | b |\n|:--|--:|\n| 1 | 2 |\n\n- [ ] todo\n- [x] done\n\n"
        "Term\n: Definition\n\n```python\nif a < b: pass\n```\n\nNote[^1]\n\n[^1]: Foot.\n"
    )
    for expected in (
        '<h1 id="h">H</h1>',
        "<s>gone</s>",
        "<code>c&lt;d&gt;</code>",
        '<a href="https://x.org/a_b">https://x.org/a_b</a>.',
        '<a href="http://www.y.org">www.y.org</a>',
        '<a href="mailto:z@w.org">z@w.org</a>',
        '<th align="left">a</th>',
        '<td align="right">2</td>',
        "<li>☐ todo</li>",
        "<li>☑ done</li>",
        "<dt>Term</dt>\n<dd>Definition</dd>",
        '<code class="language-python">if a &lt; b: pass\n</code>',
        f'<a href="{PAGE}#fn-9f80a9-1" id="fnref-9f80a9-1">[1]</a>',
        f'<a href="{PAGE}#fnref-9f80a9-1">↩︎</a>',
    ):
        assert expected in html


@pytest.mark.parametrize(
    ("body", "html"),
    [
        ("[a](b)", f'<p><a href="{PAGE}b">a</a></p>'),
        ("[a](/b)", '<p><a href="https://example.org/b">a</a></p>'),
        ("[a](../b)", '<p><a href="https://example.org/blog/b">a</a></p>'),
        ("[a](#b)", f'<p><a href="{PAGE}#b">a</a></p>'),
        ("[a]()", "<p><a>a</a></p>"),
        ("![a](b.png)", f'<p><img src="{PAGE}b.png" alt="a"></p>'),
        ("![a](ä%20b.png)", f'<p><img src="{PAGE}%C3%A4%20b.png" alt="a"></p>'),
        ("<q cite=b>a</q>", f'<p><q cite="{PAGE}b">a</q></p>'),
        (
            "<video src=b poster=c></video>",
            f'<p><video src="{PAGE}b" poster="{PAGE}c"></video></p>',
        ),
        (
            '<img srcset="a.png, b.png 2x,https://x.org/c,d.png 300w, javascript:x 3x">',
            f'<img srcset="{PAGE}a.png, {PAGE}b.png 2x, https://x.org/c,d.png 300w">',
        ),
        ('<img srcset="javascript:x">', ""),
        ("<img src=l.gif data-src=a.png>", f'<img src="{PAGE}a.png">'),
        ("<img src=l.gif data-original=a.png>", f'<img src="{PAGE}a.png">'),
        (
            "<img data-lazy-src=a.png data-srcset='b.png 2x'>",
            f'<img src="{PAGE}a.png" srcset="{PAGE}b.png 2x">',
        ),
        (
            "<img data-src=a.png><noscript><img src=a.png></noscript>",
            f'<p><img src="{PAGE}a.png"></p>',
        ),
        ("<img data-src='javascript:x' alt=a>", ""),
        ("<iframe src=//v.org/1?a&amp;b></iframe>", '<a href="https://v.org/1?a&amp;b">v.org</a>'),
        ("<iframe src=v title='A <b>'>no</iframe>", f'<a href="{PAGE}v">A &lt;b&gt;</a>'),
        (
            "<iframe src=about:blank data-src=https://v.org/></iframe>",
            '<a href="https://v.org/">v.org</a>',
        ),
        ("<iframe src=https://[bad></iframe>x", "x"),
        ("<iframe src=javascript:x></iframe>x", "x"),
        ("<iframe src='//[bad'></iframe>x", "<a>//[bad</a>x"),
        ("<iframe></iframe>x", "x"),
        ("<iframe src=v><script>x</script></iframe>", f'<a href="{PAGE}v">v</a>'),
        ("a<script>x</script><style>y</style>b", "<p>ab</p>"),
        ("<form action=/x><input name=a>b</form>c", "c"),
        ("<object data=x>a</object><embed src=x>b", "<p>ab</p>"),
        ("<b onclick=x style='color:red' class=y id=z>a</b>", '<p><b id="z">a</b></p>'),
        ("<a href='java&#10;script:x'>a</a>", "<p><a>a</a></p>"),
        ("<svg><script>x</script></svg>a", "<p>a</p>"),
        ("<!-- secret -->a", "a"),
        ("<Widget a={b}>c</Widget>", "<p>c</p>"),
        ("a &#12; &#x0b; &#8; b", "<p>a   \ufffd \ufffd b</p>"),
        ("<p>&#12;&#x1f;&#xfffe;x</p>", "<p>  x</p>"),
        ("<code class='language-c++ x'>a</code>", '<p><code class="language-c++">a</code></p>'),
        ("<code class=evil>a</code>", "<p><code>a</code></p>"),
    ],
)
def test_html_is_made_safe_and_absolute(rendered, body, html):
    assert rendered(body).strip() == html


def test_template_code_is_cut_out(rendered):
    html = rendered('A {{< chart src="x" >}} B\n\n`{{ shown }}`\n\n{{ post.author }}{% end %}')
    assert html == "<p>A  B</p>\n<p><code>{{ shown }}</code></p>\n"


def test_deeply_nested_html_and_markdown_are_survived(rendered):
    assert "x" in rendered("<div>" * 5_000 + "x")
    assert "x" in rendered("[" * 3_000 + "x" + "](y)" * 3_000)
    assert "blockquote" in rendered(">" * 5_000 + "x")


class Inspector(HTMLParser):
    """Reads HTML as a browser would, and holds it to the promises."""

    def handle_starttag(self, tag, attrs):
        assert tag not in {"script", "style", "form", "object", "embed", "iframe", "svg", "base"}
        for name, value in attrs:
            assert not name.startswith("on")
            assert name not in {"style", "srcdoc", "formaction"}
            if name in {"href", "src", "poster", "cite"}:
                assert re.match(r"(https?|ftp)://[^/]|(mailto|tel|sms|xmpp|ircs?):", value), value
                assert value.isascii()
            if name == "srcset":
                assert all(each.strip().startswith("http") for each in value.split(", "))


FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
HOSTILE = [
    *("<script>", "</script>", "<img src=", "<a href=", "javascript:", "onerror=x", "data-src=", ">"),
    *('"', "'", "`", "<iframe src=", "</iframe>", "<style>", "<!--", "-->", "<svg>", "<math>", "&#12;"),
    *("](", "[a](", "![", "\x0b", "\n\n", "\n", "    ", "{{", "}}", "<noscript>", "<p title=", "\\"),
    *("srcset=", "a.png 2x,", "//x", "&lt;script&gt;", "&#x6a;avascript:", "<base href=//evil>", "=", " "),
    *("<textarea>", "<title>", "<template>", "<xmp>", "<plaintext>", "<table>", "<mglyph>", "<mtext>"),
]  # fmt: skip


def check(html: str) -> None:
    assert not FORBIDDEN.search(html)
    assert "<script" not in html.lower()
    inspector = Inspector()
    inspector.feed(html)
    inspector.close()


@settings(deadline=None)
@given(st.lists(st.sampled_from(HOSTILE) | st.text(max_size=5), max_size=25).map("".join))
@example("<iframe src=x title='</iframe><script>alert(1)</script>'></iframe>")
@example("<img data-src=x alt='\"><script>alert(1)</script>'>")
@example(
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">'
)
def test_nothing_hostile_survives(text):
    html = sanitize.sanitize(text, PAGE)
    check(html)
    check(sanitize.sanitize(markdown.to_html(text), PAGE))
    assert sanitize.sanitize(html, PAGE).count("<") == html.count("<")


MARKS = [
    *("{{<", ">}}", "{{%", "%}}", "{%", "%}", "{{", "}}", "{#", "#}", "/*", "*/", "%%", "{", "}"),
    *(" figure ", " youtube ", " raw ", " endraw ", " highlight go ", " /highlight ", " ref ", " end "),
    *('src="', 'alt="', 'link="javascript:x"', "caption='", " | relative_url ", " include x.html "),
    *("<Image", "<Chart", " src={", "/>", "</Chart>", "import x from './y'", "export const a = {"),
    *("[[", "]]", "![[", "|", "#a", "> [!note]", "==", "{: .a}", "{#id}", "[toc]", "[^1]", "[^1]:"),
]  # fmt: skip


@settings(deadline=None)
@given(
    st.lists(st.sampled_from(HOSTILE + MARKS) | st.text(max_size=5), max_size=30).map("".join),
    st.sampled_from(["post.md", "post.mdx", "post.html"]),
)
@example('{{< figure src="x" caption="<script>alert(1)</script>" >}}', "post.md")
@example('{{< figure src="x" link="javascript:alert(1)" >}}', "post.md")
@example('{{< youtube id="x" title="</a><script>" >}}', "post.md")
@example("{% highlight x %}</code></pre><script>alert(1)</script>{% endhighlight %}", "post.html")
@example('<Image src="x" alt=\'"><script>alert(1)</script>\' />', "post.mdx")
@example("<img src={'x'} onerror={alert(1)} />", "post.mdx")
def test_nothing_hostile_comes_of_template_code(text, source):
    post = replace(POST, source=source, body=text, url=PAGE)
    html = content.render(post, "https://example.org", lambda name, _: f"{PAGE}{len(name)}")
    check(html)
    assert isinstance(templating.find(text, source), list)


def test_a_body_that_cannot_be_rendered_gives_way_to_the_summary(folder, monkeypatch, caplog):
    def fail(post):
        raise RecursionError("too deep")

    post = folder.post("date: 2025-06-08\nsummary: 1 < 2")
    monkeypatch.setattr(markdown, "to_html", fail)
    with folder.cache() as cache:
        assert Renderer(cache)(post) == "<p>1 &lt; 2</p>"
        monkeypatch.undo()
        assert Renderer(cache)(post) == "<p>Body.</p>\n"
    assert "post.md cannot be rendered" in caplog.text


def test_links_by_name_lead_to_the_post_that_is_meant(folder):
    folder.write("notes/Other Note.md", "---\ndate: 2025-06-08\nslug: else\n---\n")
    folder.write("notes/draft.md", "---\ndate: 2025-06-08\ndraft: true\n---\n")
    folder.write("post.md", "---\ndate: 2025-06-09\n---\n[[Other note|it]], [[draft]],\n[[none]]\n")
    with folder.cache() as cache:
        scan = folder.look(cache)
        [post] = [each for each in scan.newest(9) if each.source == "post.md"]
        renderer = Renderer(cache, "https://example.org", scan.find)
        html = renderer(post)
        assert html == '<p><a href="https://example.org/blog/else/">it</a>, draft,\nnone</p>\n'
        assert [str(each) for each in renderer.findings] == [
            "post.md:4: [[draft]] leads to no post",
            "post.md:5: [[none]] leads to no post",
        ]
        folder.write("none.md", "---\ndate: 2025-06-08\n---\nText.\n")
        scan = folder.look(cache)
        again = Renderer(cache, "https://example.org", scan.find)
        assert ' href="https://example.org/blog/none/"' in again(post), "not what was kept"


BARE = [
    *("https://x.org", "(https://x.org)", "a www.x.org b"),
    *("me@x.org", "mailto:me@x.org", "xmpp:me@x.org", "*https://x.org*", "> https://x.org"),
]


@pytest.mark.parametrize("text", BARE)
def test_a_bare_address_is_a_link_wherever_it_stands(rendered, text):
    assert "<a href=" in rendered(text)


@pytest.mark.parametrize(
    "text", ["[a](https://x.org)", "[a]\n\n[a]: https://x.org", '<a href="https://x.org">a</a>']
)
def test_what_is_a_link_already_is_one_link(rendered, text):
    assert rendered(text).count("<a ") == 1


def test_a_picture_without_an_address_is_none(rendered):
    assert rendered("![a](data:image/gif;base64,AA) b") == "<p> b</p>\n"
    assert "srcset" in rendered('<img srcset="a.png 2x">')
