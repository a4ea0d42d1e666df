"""Times at a few sizes → a range at production's size."""

from __future__ import annotations

from math import log2

from checks.production import words
from checks.production.growth import LEAST_SPREAD, Doubt, predict

SIZES = (2_500, 10_000, 40_000, 160_000)


def test_a_line_is_followed_to_production() -> None:
    found = predict("a.a", 16_000_000, {n: [n / 1000] for n in SIZES}, "linear", 1.0)
    assert found.low_ms < 16_000 < found.high_ms
    assert found.high_ms / found.low_ms < 4
    assert [one.rows for one in found.timed] == [10_000, 40_000, 160_000]


def test_a_start_that_all_sizes_pay_is_no_growth() -> None:
    """100 ms to begin with, and 0.001 ms for each row: at 16 M rows 16.1 s."""
    found = predict("a.a", 16_000_000, {n: [100 + n / 1000] for n in SIZES}, "linear", 1.0)
    assert found.low_ms < 16_100 < found.high_ms


def test_a_sort_grows_faster_than_its_rows() -> None:
    runs = {n: [n * log2(n) / 10_000] for n in SIZES}
    rows = 16_000_000
    actual = rows * log2(rows) / 10_000
    found = predict("a.a", rows, runs, "n log n", 1.0)
    assert found.low_ms < actual < found.high_ms
    assert predict("a.a", rows, runs, "linear", 1.0).high_ms < found.high_ms


def test_what_is_less_known_has_a_wider_range() -> None:
    def factor(runs: dict[int, list[float]], rows: int = 1_000_000, width: float = 1.0) -> float:
        found = predict("a.a", rows, runs, "linear", width)
        return found.high_ms / found.low_ms

    calm = {n: [n / 1000, n / 1000] for n in SIZES}
    noisy = {n: [n / 1000, n / 600] for n in SIZES}
    assert factor(calm) >= LEAST_SPREAD**2
    assert factor(noisy) > factor(calm)
    assert factor(calm, rows=100_000_000) > factor(calm)
    assert factor(calm, width=3.0) > factor(calm)
    assert factor(calm, width=0.5) > factor(calm)


def test_what_the_rows_here_cannot_tell_widens_the_side_that_it_can_be_on() -> None:
    plain, *doubted = (
        predict("a.a", 16_000_000, {n: [n / 1000] for n in SIZES}, "linear", 1.0, doubts)
        for doubts in ((), (Doubt.PLACES,), (Doubt.VALUES,), (Doubt.GROUPS,))
    )
    for found in doubted[:2]:
        assert found.low_ms == plain.low_ms and found.high_ms > 1.9 * plain.high_ms
    assert doubted[2].low_ms < plain.low_ms / 2 and doubted[2].high_ms == plain.high_ms


def test_production_between_two_sizes_is_between_their_times() -> None:
    found = predict("a.a", 20_000, {n: [n / 1000] for n in SIZES}, "linear", 1.0)
    assert 10 < found.low_ms < 20 < found.high_ms < 40


def test_noise_that_shrinks_with_the_rows_gives_no_time_below_zero() -> None:
    found = predict("a.a", 1_000_000, {1_000: [5.0], 4_000: [4.0]}, "linear", 1.0)
    assert 0 < found.low_ms < found.high_ms


def test_numbers_are_said_with_two_figures() -> None:
    assert [words.amount(n) for n in (12, 9_400, 48_000_000, 1_240_000, 2_000_000_000)] == [
        "12",
        "9,400",
        "48 M",
        "1.2 M",
        "2 billion",
    ]
    assert [words.duration(ms) for ms in (0.2, 4, 44, 900, 40_000, 125_000, 9e6)] == [
        "1 ms",
        "4 ms",
        "44 ms",
        "0.9 s",
        "40 s",
        "2.1 min",
        "2.5 h",
    ]
    assert words.span(40_000, 120_000) == "about 40 s to 2 min"
    assert words.span(40_000, 40_100) == "about 40 s"


def test_no_range_begins_below_what_fewer_rows_have_taken() -> None:
    found = predict("a.a", 50_000_000, {n: [n / 1000] for n in SIZES}, "linear", 0.0001)
    assert found.low_ms >= 160
