from __future__ import annotations

from datetime import timedelta

from fakes.posts import post
from syndicate.config import Endpoint
from syndicate.delivery import plan
from syndicate.delivery.plan import IMPORT
from syndicate.model import EndpointState, State
from syndicate.testing.clock import NOON

DAY = timedelta(days=1)
KNOWN = EndpointState("main", NOON - 20 * DAY)
"""The endpoint's first run was a while ago."""


def endpoint(**options):
    return Endpoint.model_validate({"name": "main", "network": "folder", **options})


def states(deliveries):
    return {each.subject[-1]: each.state for each in deliveries}


def news(*posts, **out_since):
    """Plan posts on a later run; those without a time are found to be out now."""
    known = {post(int(name[1:])).id: when for name, when in out_since.items()}
    return states(plan(posts, endpoint(), KNOWN, known, NOON))


def test_the_first_run_records_what_is_out_as_skipped():
    posts = [post(0), post(1)]
    assert states(plan(posts, endpoint(), None, {}, NOON)) == {
        "0": State.SKIPPED,
        "1": State.SKIPPED,
    }


def test_backfill_lets_the_newest_go_out_however_old_they_are():
    posts = [post(number, published=NOON - (number + 100) * DAY) for number in range(3)]
    planned = plan(posts, endpoint(backfill=2), None, {}, NOON)
    assert states(planned) == {"0": State.PENDING, "1": State.PENDING, "2": State.SKIPPED}


def test_backfill_counts_what_the_filters_let_pass():
    posts = [post(0, tags=()), post(1)]
    planned = plan(posts, endpoint(backfill=1, tags=["greeting"]), None, {}, NOON)
    assert states(planned) == {"1": State.PENDING}


def test_a_backfill_asked_for_overrides_the_endpoints_own():
    assert states(plan([post(0)], endpoint(backfill=5), None, {}, NOON, 0)) == {"0": State.SKIPPED}


def test_the_oldest_comes_first():
    planned = plan([post(0), post(1)], endpoint(backfill=2), None, {}, NOON)
    assert [each.subject[-1] for each in planned] == ["1", "0"]


def test_a_new_post_goes_out_on_a_later_run():
    assert news(post(0)) == {"0": State.PENDING}


def test_what_came_out_a_while_ago_stays_quiet():
    old = {"published": NOON - 10 * DAY, "first_seen": NOON - 10 * DAY}
    assert news(post(0, **old), _0=NOON - 8 * DAY) == {"0": State.SKIPPED}
    assert news(post(0, **old), _0=NOON - 6 * DAY) == {"0": State.PENDING}


def test_a_filter_that_is_widened_floods_nobody():
    posts = [post(number) for number in range(30)]
    fresh = EndpointState("main", NOON - DAY)
    out = {each.id: NOON - DAY for each in posts}  # found on the endpoint's own first run
    assert set(states(plan(posts, endpoint(), fresh, out, NOON)).values()) == {State.SKIPPED}


def test_a_draft_that_we_knew_is_news_on_the_day_it_comes_out_whatever_its_date():
    drafts = [
        post(number, published=NOON - 400 * DAY, first_seen=NOON - 15 * DAY)
        for number in range(IMPORT + 2)
    ]
    assert set(news(*drafts).values()) == {State.PENDING}


def test_of_old_posts_that_nobody_saw_before_a_few_are_news_and_many_are_an_import():
    old = [
        post(number, published=NOON - 400 * DAY, first_seen=NOON) for number in range(IMPORT + 1)
    ]
    assert set(news(*old[:IMPORT]).values()) == {State.PENDING}
    assert set(news(*old).values()) == {State.SKIPPED}
    assert set(news(*old, post(9)).values()) == {State.SKIPPED, State.PENDING}
    planned = plan(old, endpoint(), KNOWN, {}, NOON)
    assert planned[0].reason == ("one of 4 old posts that appeared at once: taken for an import")


def test_a_post_that_no_filter_takes_leaves_no_row():
    assert list(plan([post(0)], endpoint(tags=["other"]), None, {}, NOON)) == []
    assert plan([post(0)], endpoint(tags=["other"]), KNOWN, {}, NOON) == []
