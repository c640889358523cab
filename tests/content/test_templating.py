import pytest

from syndicate.content import templating


@pytest.mark.parametrize(
    ("body", "stripped", "reported"),
    [
        ("plain { text }", "plain { text }", 0),
        ("a {{ b }} c", "a  c", 1),
        ("a {% b %} c {%- d -%} e", "a  c  e", 2),
        ('a {{< fig src="x" >}} {{% note %}}b{{% /note %}}', 'a <img src="x" alt=""> b', 0),
        ("a {{\nb\n}} c", "a  c", 1),
        ("{{% tip %}}a{{% /tip %}} {{% tip %}}", "a ", 1),
        ("{% tip %}a{% endtip %} {% if b %}c{% endif %}", "a c", 1),
        ("{% quote(by=1) %}a{% end %} {% quote(by=1) %}", "a ", 1),
        ("[a]({% link b_c_d.md %})", "[a]()", 0),
        ("a {{ b", "a {{ b", 0),
        ("the tuple {:ok, value}", "the tuple {:ok, value}", 0),
        ("`{{ a }}` {{ b }}", "`{{ a }}` ", 1),
        ("``{{ ` }}`` {{ b }}", "``{{ ` }}`` ", 1),
        ("` {{ b }}", "` ", 1),
        ("```\n{{ a }}\n```\n{{ b }}", "```\n{{ a }}\n```\n", 1),
        ("~~~ x\n{{ a }}\n```\n{{ b }}\n~~~\n{{ c }}", "~~~ x\n{{ a }}\n```\n{{ b }}\n~~~\n", 1),
        ("- ```\n  {{ a }}\n  ```\n\n{{ b }}", "- ```\n  {{ a }}\n  ```\n\n", 1),
        ("```\n{{ a }}", "```\n{{ a }}", 0),
        ("x\n\n    {{ a }}\n\n    {{ b }}\n\n{{ c }}", "x\n\n    {{ a }}\n\n    {{ b }}\n\n", 1),
        ("- x\n\n    {{ a }} y\n", "- x\n\n     y\n", 1),
        ("1. x\n\n\t{{ a }} y\n", "1. x\n\n\t y\n", 1),
    ],
)
def test_template_code_goes_and_shown_code_stays(body, stripped, reported):
    assert templating.strip(body) == stripped
    assert len(templating.find(body)) == reported


def test_the_scan_says_where(folder):
    folder.write("post.md", "---\ndate: 2025-06-08\n---\n\nA\n\nB {{< x\n y >}}\n\n{% z %}\n")
    (finding,) = folder.scan().findings
    assert str(finding) == "post.md:7: template code is left out of feeds (2 times): {{< x y >}}"
    assert finding.severity == "warning"
    folder.write("post.md", "---\ndate: 2025-06-08\n---\n{% z %}\n")
    assert "(once): {% z %}" in folder.scan().findings[0].message
