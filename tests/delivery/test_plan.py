from __future__ import annotations

from datetime import timedelta

from fakes.clock import NOON
from fakes.posts import post
from syndicate.config import Endpoint
from syndicate.delivery import plan
from syndicate.model import State

DAY = timedelta(days=1)


def endpoint(**options):
    return Endpoint.model_validate({"name": "main", "network": "folder", **options})


def states(deliveries):
    return {each.subject[-1]: each.state for each in deliveries}


def test_the_first_run_records_what_is_out_as_skipped():
    posts = [post(0), post(1)]
    assert states(plan(posts, endpoint(), None, NOON)) == {
        "0": State.SKIPPED,
        "1": State.SKIPPED,
    }


def test_backfill_lets_the_newest_go_out_however_old_they_are():
    posts = [post(number, published=NOON - (number + 100) * DAY) for number in range(3)]
    planned = plan(posts, endpoint(backfill=2), None, NOON)
    assert states(planned) == {"0": State.PENDING, "1": State.PENDING, "2": State.SKIPPED}


def test_a_backfill_asked_for_overrides_the_endpoints_own():
    assert states(plan([post(0)], endpoint(backfill=5), None, NOON, 0)) == {"0": State.SKIPPED}


def test_the_oldest_comes_first():
    planned = plan([post(0), post(1)], endpoint(backfill=2), None, NOON)
    assert [each.subject[-1] for each in planned] == ["1", "0"]


def test_a_post_that_is_known_is_not_planned_again():
    assert plan([post(0)], endpoint(), {post(0).id}, NOON) == []


def test_a_new_post_goes_out_on_a_later_run():
    assert states(plan([post(0)], endpoint(), set(), NOON)) == {"0": State.PENDING}


def test_an_old_post_stays_quiet_and_an_old_draft_that_is_new_to_us_goes_out():
    old = {"published": NOON - 30 * DAY}
    posts = [
        post(0, **old, first_seen=NOON - 30 * DAY),
        post(1, **old, first_seen=NOON),
    ]
    assert states(plan(posts, endpoint(), set(), NOON)) == {
        "0": State.SKIPPED,
        "1": State.PENDING,
    }


def test_a_post_that_no_filter_takes_leaves_no_row():
    assert plan([post(0)], endpoint(tags=["other"]), None, NOON) == []
