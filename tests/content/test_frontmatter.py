import time

import frontmatter.default_handlers
import pytest
import yaml

from syndicate.content import plain_yaml
from syndicate.content.frontmatter import FrontMatterError, read


def test_yaml_is_parsed_by_the_c_loader():
    assert plain_yaml.LOADER is yaml.CSafeLoader
    assert frontmatter.default_handlers.SafeLoader is yaml.CSafeLoader
    assert issubclass(plain_yaml.LOADER, yaml.cyaml.CParser)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("12:30", "12:30"),
        ("no", "no"),
        ("2024", "2024"),
        ("0x1F", "0x1F"),
        ("1_000", "1_000"),
        ("1.10", "1.10"),
        ("2025-06-08", "2025-06-08"),
        ("2025-06-08 10:00:00", "2025-06-08 10:00:00"),
        ("true", "true"),
        (".inf", ".inf"),
        ("=", "="),
        ("'no'", "no"),
        ('"a\\tb"', "a\tb"),
        ("!!str 5", "5"),
        ("!!int x", "x"),
        ("!!python/object/apply:os.system [id]", ["id"]),
        ("", None),
        ("~", None),
        ("null", None),
        ("'null'", "null"),
        ("[a, no, {b: 1}]", ["a", "no", {"b": "1"}]),
    ],
)
def test_yaml_values_come_back_as_they_were_written(written, value):
    assert read(f"---\nkey: {written}\n---\n").values == {"key": value}


def test_text_that_yaml_refuses_altogether_is_an_error():
    with pytest.raises(plain_yaml.YamlError, match="control characters are not allowed"):
        plain_yaml.load("a: \x01")


def test_anchors_stand_for_their_value():
    assert read("---\na: &x [1, 2]\nb: *x\n---\n").values == {"a": ["1", "2"], "b": ["1", "2"]}


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("---\ntitle: A\n---\nBody", {"title": "A"}),
        ("\n\n---\ntitle: A\n---\n\n\nBody\n", {"title": "A"}),
        ("-----\ntitle: A\n-----\nBody", {"title": "A"}),
        ("---\ntitle: A\n...\nBody", {"title": "A"}),
        ("---  \n# note\ntitle: A\n---  \nBody", {"title": "A"}),
        ("---\n---\nBody", {}),
        ("---\n{title: A}\n---\nBody", {"title": "A"}),
        ('+++\ntitle = "A"\nn = 1\nf = 1.50\nb = true\nd = 2025-06-08\n+++\nBody',
         {"title": "A", "n": "1", "f": "1.50", "b": "true", "d": "2025-06-08"}),
        ("+++\n[a]\nb = [1, 'x']\nt = 2025-06-08T10:00:00Z\n+++\nBody",
         {"a": {"b": ["1", "x"], "t": "2025-06-08 10:00:00+00:00"}}),
        ('{\n "title": "A}", "n": 1.50, "no": false, "null": null\n}\nBody',
         {"title": "A}", "n": "1.50", "no": "false", "null": None}),
        ("{}\nBody", {}),
        ("Body", {}),
        ("{{< figure >}}Body", {}),
        ("{% raw %}Body", {}),
    ],
)  # fmt: skip
def test_each_kind_of_front_matter_is_read(text, values):
    document = read(text)
    assert document.values == values
    assert document.body.endswith("Body")


def test_a_rule_at_the_beginning_is_no_front_matter():
    document = read("---\nOnce upon a time\n---\nThe end")
    assert document.values == {}
    assert document.body == "---\nOnce upon a time\n---\nThe end"


def test_lines_are_the_file_s():
    document = read("\n---\ntitle: A\n\n---\n\n\n    code\nBody  \n\n")
    assert document.header_line == 3
    assert document.body == "    code\nBody"
    assert document.body_line == 8


@pytest.mark.parametrize(
    ("text", "line", "advice"),
    [
        ("---\na: b\ntitle: Foo: bar\n---\n", 3, 'quote the value: it contains ": "'),
        ("\n---\na: b\ntitle: Foo: bar\n---\n", 4, 'quote the value: it contains ": "'),
        ("---\na: b\n\tc: d\n---\n", 3, "indent with spaces"),
        ("---\n\ta: b\n\tc: d\n---\n", 2, "indent with spaces"),
        ("---\na:\n\t- b\n---\n", 3, "indent with spaces"),
        ("---\na:\n\tb: c\n---\n", 3, "indent with spaces"),
        ("---\na: b\nc: @d\n---\n", 3, "begins with a sign of YAML's own"),
        ("---\na: b\nc: *d\n---\n", 3, "stands for an alias"),
        ("---\na: &a [*a]\n---\n", 2, "stands for an alias"),
        ("---\na: [1, 2\nb: 3\n---\n", 2, "close the list"),
        ("---\na: {b: 1\nc: 3\n---\n", 2, "close the mapping"),
        ('---\na: b\nc: "d\n---\n', 3, "close the quotation marks"),
        ("---\na: 'it's'\n---\n", 2, "quotation marks"),
        ("---\na: b\nc\nd: e\n---\n", 4, 'write "key: value"'),
        ("---\na: b\n? [a]\n: b\n---\n", 3, "has to be plain text"),
        ("---\n- b: c\n---\n", 2, 'has to be made of "key: value" lines'),
        ("---\na: b\n--- c\n---\n", 3, "second document"),
        ("---\ntitle: a\n\nBody", 1, "not closed: end it with a line of ---"),
        ("+++\ntitle = 'a'\n\nBody", 1, r"not closed: end it with a line of \+\+\+"),
        ("+++\na = 1\nb = x\n+++\n", 3, "not TOML"),
        ("+++\na = 1\na = 2\n+++\n", 3, "not TOML: Cannot overwrite"),
        ("+++\na = [\n+++\n", 3, "not TOML"),
        ('{\n"a": 1,\n"b": x\n}\n', 3, "not JSON"),
        ('\n\n{\n"a": 1,\n"b": x\n}\n', 5, "not JSON"),
        ("---\n" + "".join(f"{'  ' * n}a:\n" for n in range(30)) + "---\n", 26, "24 levels deep"),
        ("---\na: 1\nb: " + "[" * 30 + "]" * 30 + "\n---\n", 3, "24 levels deep"),
        ("+++\na." + "a." * 30 + "b = 1\n+++\n", None, "24 levels deep"),
        ("+++\na = " + "[" * 9000 + "]" * 9000 + "\n+++\n", None, "not TOML"),
        ("+++\na = " + "1" * 9000 + "\n+++\n", None, "not TOML"),
        ('{"a": ' + "[" * 30 + "]" * 30 + "}", None, "24 levels deep"),
        ('{"a": ' + "[" * 90_000, None, "not JSON"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_names_its_line_and_what_to_do(text, line, advice):
    with pytest.raises(FrontMatterError, match=advice) as caught:
        read(text)
    assert caught.value.line == line


def test_an_alias_bomb_is_refused_at_once():
    rows = ["a: &a [" + ",".join(["lol"] * 9) + "]"]
    rows += [
        f"{b}: &{b} [{','.join([f'*{a}'] * 9)}]"
        for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    ]
    begun = time.process_time()
    with pytest.raises(FrontMatterError, match="more than 10000 values"):
        read("---\n" + "\n".join(rows) + "\n---\n")
    assert time.process_time() - begun < 1


@pytest.mark.parametrize("deep", ["[" * 200_000, "{a: " * 100_000, "- " * 100_000 + "x"])
def test_deep_nesting_does_not_overflow_the_stack(deep):
    with pytest.raises(FrontMatterError):
        read(f"---\na: b\nc:\n {deep}\n---\n")
