"""The bench in small: it runs, and what it measures is what it says."""

from tests.bench import decisions, matching, names, writes
from tests.bench.figures import Figure

FEW = 400


def test_the_bench_of_matching_runs_on_a_small_watchlist() -> None:
    known = matching.compiled(FEW)
    silent = names.posts(100, of=lambda post: not matching.concerns(post, known))
    tenth = names.naming(silent, percent=10, size=FEW)
    assert sum(matching.concerns(post, known) for post in tenth) == 10
    assert matching.compiling(FEW).is_met


def test_time_per_post_does_not_follow_the_size_of_the_watchlist() -> None:
    posts = names.posts(300)
    ratio = matching.growth(matching.compiled(FEW), matching.compiled(10 * FEW), posts=posts)
    assert ratio.ratio < 3, "far from the goal of make bench, for a busy machine's sake"


def test_a_figure_is_held_against_its_goal() -> None:
    assert not Figure("slow", "posts/s", (1.0, 2.0, 9.0), at_least=3).is_met
    assert Figure("quick", "s", (1.0, 2.0, 9.0), at_most=3).is_met
    assert Figure("told", "MB", (1.0,)).is_met


def test_the_bench_of_decisions_has_as_many_candidates_as_it_says() -> None:
    some = decisions.cases(1_000, 400)
    sizes = sorted(len(one.candidates) for one in some)
    assert sizes[200] == decisions.MEDIAN
    assert 150 <= sizes[396] <= 250
    assert decisions.run(some[:20]) == sum(len(one.candidates) for one in some[:20])


def test_sellers_who_are_no_candidates_cost_no_write() -> None:
    assert 0 < writes.written(0) == writes.written(30)
