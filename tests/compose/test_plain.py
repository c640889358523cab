"""The words of HTML, and nothing else of it."""

from __future__ import annotations

import pytest

from syndicate.compose import plain, untagged


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("", ""),
        ("<p>One <em>word</em>\n and  <b> two</b>.</p>", "One word and two."),
        ("<h2>Title</h2>\n<p>First</p><p>Second<br>\n line</p>", "Title\n\nFirst\n\nSecond\nline"),
        ("<ul><li>a</li><li><p>b</p></li></ul>", "a\n\nb"),
        ("<p>1 &lt; 2 &amp;&nbsp;<code>x</code></p>", "1 < 2 & x"),
        ('<p>See <img src="a.png" alt="a loom"> here</p><img src="b.png">', "See a loom here"),
        ("<pre><code>if x:\n    y()\n</code></pre><p>after  it</p>", "if x:\n    y()\n\nafter it"),
        ("a<script>b</script><style>c</style>d", "a\n\nd"),
        ("<table><tr><th>a</th></tr><tr><td>b</td></tr></table>", "a\n\nb"),
        ("</script></pre>  words", "words"),
    ],
)
def test_words_are_parted_as_they_are_read(html, words):
    assert plain(html) == words


@pytest.mark.parametrize(
    ("url", "bare"),
    [
        ("https://a.example/b/?utm_source=x&utm_medium=y", "https://a.example/b/"),
        ("https://a.example/?p=7&utm_source=x#c", "https://a.example/?p=7#c"),
        ("https://a.example/?p=utm_source", "https://a.example/?p=utm_source"),
    ],
)
def test_words_for_statistics_are_taken_out_again(url, bare):
    assert untagged(url) == bare
