import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syndicate.content.markdown import to_plain
from syndicate.content.summary import of_body, shorten


@pytest.mark.parametrize(
    ("body", "summary"),
    [
        ("One.\n\nTwo.", "One."),
        ("One\nline two.", "One line two."),
        ("# Head\n\nOne *b* `c` [d](e) &amp; <b>f</b><br>g ![h](i) j.", "One b c d & f g j."),
        ("Head\n====\n\nOne.", "One."),
        ("![image](a.png)\n\n[![x](y)](z)\n\nOne.", "One."),
        ("> Quote.\n\n- item\n\n1. item\n\n| a |\n|---|\n\nOne.", "One."),
        ("```\ncode\n\nmore code\n```\n\nOne.", "One."),
        ("~~~~\n\n```\n\n~~~~\nOne.", "One."),
        ("\n\n\n```\ncode\n\nx\n```\n\n\n\nOne.", "One."),
        ("    code\n\nOne.", "One."),
        ("<!-- a\n\nb -->\n\nOne.", "One."),
        ("<style>\n\na{}\n\n</style>\n\nOne.", "One."),
        ("<script>\n\nnever closed", ""),
        ("```\nnever closed\n\nx", ""),
        ("{{< toc >}}\n\nOne {{ x }}.", "One ."),
        ("[^1]: Foot.\n\nOne[^1] [two][a] [three].\n\n[a]: /x\n[three]: /y", "One two three."),
        ("One [two][a].<!--more-->\n\nThree\n\n[a]: /x", "One two."),
        ("One.\n\nTwo.\n\n<!--more-->\n\nThree.", "One. Two."),
        ("One <!-- MORE --> two.", "One"),
        ("<!--more-->\n\nOne.", "One."),
        ("Using <Suspense> and List<int>.", "Using <Suspense> and List<int>."),
        ("---\n\nOne.", "One."),
        ("<div>\nHTML\n</div>\n\nOne.", "One."),
        ("", ""),
        ("![only](x.png)", ""),
    ],
)
def test_a_body_is_summarised_by_its_beginning(body, summary):
    assert of_body(body) == summary


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("a" * 300, "a" * 300),
        ("a" * 150 + ". " + "b" * 300, "a" * 150 + "."),
        ("a" * 150 + ".” " + "b" * 300, "a" * 150 + ".”"),
        ("a" * 150 + "! " + "b" * 99 + "? " + "c " * 90, "a" * 150 + "! " + "b" * 99 + "?"),
        ("Short. " + "word " * 80, "Short. " + "word " * 57 + "word…"),
        ("v1.2" * 100, ("v1.2" * 100)[:299] + "…"),
        ("あ" * 150 + "。" + "い" * 200, "あ" * 150 + "。"),
        ("あ" * 400, "あ" * 299 + "…"),
        ("word, " * 80, ("word, " * 50)[:298].rstrip(", ") + "…"),
        ("a" * 298 + "e\u0301" * 9, "a" * 298 + "…"),
        ("a" * 298 + "👩\u200d👩" + "b" * 9, "a" * 298 + "…"),
    ],
)
def test_a_long_text_ends_with_a_sentence_or_a_word(text, short):
    assert shorten(text) == short


@settings(deadline=None)
@given(st.text())
def test_a_summary_is_one_line_of_bounded_length(body):
    summary = of_body(body)
    assert len(summary) <= 300
    assert summary == " ".join(summary.split())


@settings(deadline=None)
@given(st.text(st.characters(categories=["L", "N", "Zs"]), min_size=1))
def test_text_without_marks_is_its_own_plain_text(text):
    assert to_plain(f"x{text}") == " ".join(f"x{text}".split())
