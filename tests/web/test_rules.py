from __future__ import annotations

import pytest

from fakes.site import Blog
from syndicate.app import open_app
from syndicate.web import Rules


@pytest.mark.parametrize(
    ("schedule", "seconds"),
    [
        ("", 300),
        ('every = "10m"', 600),
        ('every = "1s"', 60),
        ('every = "7d"', 900),
        ('cron = "0 8 * * *"', 300),
    ],
)
def test_caches_keep_a_feed_for_as_long_as_the_schedule_lets_it_be(tmp_path, schedule, seconds):
    blog = Blog(tmp_path)
    with blog.config.open("a") as file:
        file.write(f"\n[schedule]\n{schedule}\n")
    with open_app(blog.config) as app:
        assert Rules.of(app.config, ()).max_age == seconds
