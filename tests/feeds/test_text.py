import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from syndicate.feeds import text


@given(st.text(st.characters(codec=None)))
def test_what_is_clean_can_stand_in_xml(raw):
    element = etree.Element("x")
    element.text = text.clean(raw)
    assert (etree.fromstring(etree.tostring(element)).text or "") == text.clean(raw)


def test_forbidden_characters_go_and_the_others_stay():
    assert (
        text.clean("a\x00\x08b\ud800\ufffe\uffff\tc\r\nd\re\x7f\x85🚀") == "ab\tc\nd\ne\x7f\x85🚀"
    )


@pytest.mark.parametrize(
    ("raw", "plain"),
    [
        ("A <b>bold</b> &amp; <em class='x'>fine</em> title", "A bold &amp; fine title"),
        ("<code>a<b>c</b></code>", "ac"),
        ("one<br>two<br />three", "one two three"),
        ("Using <InputAccessoryView>", "Using <InputAccessoryView>"),
        ("<Suspense>x</Suspense>", "<Suspense>x</Suspense>"),
        ("if a<b and c>d", "if a<b and c>d"),
        ("<b>open", "<b>open"),
        ("  two\n lines ", "two lines"),
        ("<b></b>", ""),
    ],
)
def test_a_title_is_plain_text(raw, plain):
    assert text.title(raw) == plain


@pytest.mark.parametrize(
    ("raw", "short"),
    [("12345", "12345"), ("one two three", "one…"), ("a" * 20, "aaaa…")],
)
def test_text_is_cut_at_a_word(raw, short):
    assert text.shorten(raw, 5) == short


@given(st.text(), st.integers(2, 40))
def test_what_is_shortened_is_never_longer_than_asked(raw, length):
    raw = text.line(raw)
    assert len(text.shorten(raw, length)) <= length
    assert bool(text.shorten(raw, length)) == bool(raw)


def test_an_excerpt_has_no_markup():
    assert (
        text.excerpt('<p title="a > b">One &lt;two&gt;</p><!-- <b>no</b> --><p>3 < 4 &amp; 5</p>')
        == "One <two> 3 < 4 & 5"
    )


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://example.org", "https://example.org"),
        (
            "https://example.org/a b/ü?q=ä&x=%20#ß",
            "https://example.org/a%20b/%C3%BC?q=%C3%A4&x=%20#%C3%9F",
        ),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        ("mailto:eve@example.org", "mailto:eve@example.org"),
        ("/relative", None),
        ("//host/path", None),
        ("https://", None),
        ("http://[broken", None),
        ("https://ü..example/", None),
        ("", None),
        (None, None),
    ],
)
def test_an_address_is_absolute_and_ascii(url, address):
    assert text.address(url) == address


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        ("en", "en"),
        ("pt_BR", "pt-BR"),
        (" de-CH ", "de-CH"),
        ("English language", None),
        ("", None),
    ],
)
def test_a_language_is_a_tag(tag, language):
    assert text.language(tag) == language


@pytest.mark.parametrize(
    ("raw", "email"),
    [
        ("a@b", "a@b"),
        (" a@b.org ", "a@b.org"),
        ("a at b", None),
        ("@b", None),
        ("a b@c", None),
        (None, None),
    ],
)
def test_an_email_address_has_two_sides(raw, email):
    assert text.email(raw) == email
