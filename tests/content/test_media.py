import pytest

from syndicate.content import files
from syndicate.model import Enclosure, Image

SITE = "https://example.org"


@pytest.mark.parametrize(
    ("src", "file", "url"),
    [
        ("hero.png", "posts/hero.png", f"{SITE}/blog/post/hero.png"),
        ("./img/hero.png", "posts/img/hero.png", f"{SITE}/blog/post/img/hero.png"),
        ("he%20ro.png?v=1", "posts/he ro.png", f"{SITE}/blog/post/he%20ro.png?v=1"),
        ("../images/hero.png", "images/hero.png", f"{SITE}/blog/images/hero.png"),
        ("/images/hero.png", "images/hero.png", f"{SITE}/images/hero.png"),
        ("images/hero.png", "images/hero.png", f"{SITE}/images/hero.png"),
    ],
)
def test_a_hero_image_in_the_folder_has_its_file(folder, src, file, url):
    path = folder.write(file, b"png")
    image = folder.post(f"date: 2025-06-08\nimage: {src}", name="posts/post.md").image
    assert image.url == url
    assert image.path.resolve() == path


def test_a_bundle_has_its_images_beside_it(folder):
    path = folder.write("trip/hero.png", b"png")
    image = folder.post("date: 2025-06-08\ncover: hero.png", name="trip/index.md").image
    assert image == Image(f"{SITE}/blog/trip/hero.png", None, path)


@pytest.mark.parametrize(
    "src",
    [
        *("../secret.png", "../../secret.png", "/../secret.png", "'%2e%2e/secret.png'"),
        *("x/../../secret.png", "link.png", "/link.png", '"\\0"', "file:///etc/passwd"),
    ],
)
def test_an_image_never_leaves_the_folder(folder, tmp_path, src):
    (tmp_path / "secret.png").write_bytes(b"secret")
    (folder.path / "link.png").symlink_to("../secret.png")
    folder.write("post.md", f"---\ndate: 2025-06-08\nimage: {src}\n---\n")
    scan = folder.scan()
    (post,) = scan.posts
    assert post.image is None or post.image.path is None
    assert scan.findings or post.image is None


def test_a_link_that_is_not_beside_the_post_is_not_followed_out_either(folder, tmp_path):
    (tmp_path / "secret.png").write_bytes(b"secret")
    (folder.path / "link.png").symlink_to("../secret.png")
    image = folder.post("date: 2025-06-08\nimage: link.png", name="posts/post.md").image
    assert image.path is None


def test_a_recording_in_the_folder_has_its_length(folder):
    folder.write("a.mp3", b"12345")
    post = folder.post("date: 2025-06-08\naudio: {src: a.mp3, length: 99, duration: '1:01'}")
    assert post.enclosure == Enclosure(f"{SITE}/blog/post/a.mp3", "audio/mpeg", 5, 61)


def test_a_folder_is_no_image(folder):
    (folder.path / "hero.png").mkdir()
    assert folder.post("date: 2025-06-08\nimage: hero.png").image.path is None


ODD = [
    *("a" * 300 + ".png", "x/" * 3000 + "y.png", "circle.png", "folder", "%00", "%", "'~'", "-"),
    *("https://host:99999/x.png", "https://host:0/x.png", "https://[::1/x.png", "https://xn--/x"),
    *(
        "https://" + "a" * 300 + "/x",
        "http://",
        "//",
        ".",
        "..",
        "'ü'",
        ".nan",
        "1e400",
        "!!binary aa",
    ),
    *("[a, [b]]", "{src: [1]}", "{url: {a: b}}", "&a [*a]", '"\\uD800.png"'),
]


@pytest.mark.parametrize("key", ["image", "audio"])
@pytest.mark.parametrize("src", ODD)
def test_an_odd_address_costs_a_finding_at_most(folder, key, src):
    (folder.path / "circle.png").symlink_to("circle.png")
    (folder.path / "folder").mkdir()
    folder.write("good.md", "---\ndate: 2025-06-08\n---\nText.\n")
    folder.write("odd.md", f"---\ndate: 2025-06-08\n{key}: {src}\n---\n")
    scan = folder.scan()
    assert "good.md" in [post.source for post in scan.posts]
    assert [each.message for each in scan.findings if "should not happen" in each.message] == []
    assert len(scan.posts) == 2 or scan.findings


@pytest.mark.parametrize("port", ["99999", "0", "x"])
def test_an_address_with_a_port_that_is_none_leads_nowhere(folder, port):
    folder.write("post.md", f"---\ndate: 2025-06-08\nimage: https://host:{port}/x.png\n---\n")
    scan = folder.scan()
    assert scan.posts[0].image is None
    assert "leads nowhere" in scan.findings[0].message


def test_a_recording_that_is_deleted_meanwhile_has_a_length_of_0(folder, monkeypatch):
    folder.write("a.mp3", b"12345")
    monkeypatch.setattr(files, "is_file", lambda path: not path.unlink(missing_ok=True))
    assert folder.post("date: 2025-06-08\naudio: a.mp3").enclosure.length == 0


@pytest.mark.parametrize(
    ("name", "taken"),
    [
        *(("cover.jpg", True), ("Featured-image.PNG", True), ("thumbnail_2.webp", True)),
        *(("recover.jpg", False), ("cover.txt", False), ("cover.jpg.bak", False)),
    ],
)
def test_a_bundles_picture_is_known_by_its_name(folder, name, taken):
    path = folder.write(f"trip/{name}", b"x")
    image = folder.post("date: 2025-06-08", name="trip/index.md").image
    assert image == (Image(f"{SITE}/blog/trip/{name}", None, path) if taken else None)


def test_what_lies_beside_a_post_that_is_no_bundle_is_not_its_own(folder):
    folder.write("posts/cover.jpg", b"x")
    folder.write("cover.jpg", b"x")
    assert folder.post("date: 2025-06-08", name="posts/post.md").image is None


def test_front_matter_says_more_than_a_bundles_files(folder):
    folder.write("trip/cover.jpg", b"x")
    image = folder.post("date: 2025-06-08\nimage: other.jpg", name="trip/index.md").image
    assert image.url == f"{SITE}/blog/trip/other.jpg"


def test_hugos_resources_name_a_hero_image(folder):
    path = folder.write("trip/images/sea.jpg", b"x")
    matter = (
        "date: 2025-06-08\nresources:\n- src: '*.pdf'\n  name: header\n- src: images/sea.jpg\n"
        "  name: featured-image\n  params: {alt: The sea}"
    )
    image = folder.post(matter, name="trip/index.md").image
    assert image == Image(f"{SITE}/blog/trip/images/sea.jpg", "The sea", path)


BODIES = [
    ("![Icon](data:image/png;base64,AA) ![The sea](sea.jpg)", "sea.jpg", "The sea"),
    ('<img src=icon.png width=16 height=16><img src="sea.jpg" alt="">', "sea.jpg", None),
    ('<img src="data:," data-src="sea.jpg" alt="&quot;">', "sea.jpg", '"'),
    ('{{< figure src="sea.jpg" alt="Sea" >}}', "sea.jpg", "Sea"),
    ("`![shown](code.png)`\n\n    ![too](code.png)\n\n![x][1]\n\n[1]: sea.jpg", "sea.jpg", "x"),
]


@pytest.mark.parametrize(("body", "src", "alt"), BODIES)
def test_the_first_picture_of_the_body_where_it_is_asked_for(folder, body, src, alt):
    path = folder.write(f"posts/{src}", b"x")
    name = "posts/post.md"
    assert folder.post("date: 2025-06-08", body, name).image is None
    folder.hero_from_body = True
    image = folder.post("date: 2025-06-08", body, name).image
    assert image == Image(f"{SITE}/blog/post/{src}", alt, path)
    named = folder.post("date: 2025-06-08\nimage: a.jpg", body, name).image
    assert named.url.endswith("a.jpg")


@pytest.mark.parametrize("body", ["No picture.", "![](data:,)", "{{< x >}}", "<img>", "<!-- -->"])
def test_a_body_without_a_picture_gives_none(folder, body):
    folder.hero_from_body = True
    assert folder.post("date: 2025-06-08", body).image is None
