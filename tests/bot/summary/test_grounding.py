"""The checker on Reports that the engine made: what is true stays, and each kind of falsehood is refused."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from benchmarks.grounding.__main__ import is_caught, measure
from benchmarks.grounding.scenarios import SCENARIOS, example_reports, reports
from benchmarks.grounding.summaries import FALSEHOODS, planted_drafts
from bot.summary.grounding import Fault, faults
from bot.summary.grounding.form import LONGEST, LONGEST_HEADLINE
from bot.summary.model import Draft, Sentence
from bot.summary.template import template_summary
from checks.model.report import Report

INDEX = "goose:db/migrations/20260601091000/up/1"
DROP = "goose:db/migrations/20260601092000"
CURRENCY = "goose:db/migrations/20260601093000"
COUPONS = "goose:db/migrations/20260601090000"
CHOSEN = ("new_columns_and_a_table", "drop_notes", "backfill_fees", "needs_an_extension", "rename_plate")


@pytest.fixture(scope="module")
def known() -> dict[str, Report]:
    """An example, and scenarios for each verdict; none with CONCURRENTLY, whose locks depend on when one looks."""
    chosen = [one for one in SCENARIOS if one.name in CHOSEN]
    return dict([*example_reports("shop"), *reports(chosen)])


@pytest.fixture(scope="module")
def shop(known: dict[str, Report]) -> Report:
    return known["shop"]


def found(report: Report, text: str, *ids: str, part: str = "running_system") -> tuple[Fault, ...]:
    nothing = dict.fromkeys(("changes", "running_system", "rollout", "rollback", "open"), ())
    headline = template_summary(report).headline
    draft = Draft(headline=headline, **(nothing | {part: (Sentence(text=text, rests_on=ids),)}))
    return faults(draft, report)


def test_true_summaries_are_let_through_and_planted_falsehoods_are_not(known: dict[str, Report]) -> None:
    """The same measure as ``python -m benchmarks.grounding`` on fewer Reports; a fixed seed, so no chance."""
    for part, least in (("tuned", 0.95), ("fresh", 0.95)):
        result = measure(list(known.values()), part, 60, seed=3)  # type: ignore[arg-type]
        assert len(result.refused) <= 2, result.refused
        assert 1 - len(result.missed) / sum(result.planted.values()) >= least, result.missed


def test_every_kind_of_falsehood_is_caught_at_least_once(known: dict[str, Report]) -> None:
    seen = {
        planted.kind
        for report, planted in planted_drafts(list(known.values()), 2 * len(FALSEHOODS), "tuned", seed=5)
        if is_caught(planted, report)
    }
    assert seen >= set(FALSEHOODS) - {"wrong type", "wrong constraint"}


def test_the_template_holds_against_every_report(known: dict[str, Report]) -> None:
    for name, report in known.items():
        summary = template_summary(report)
        assert faults(summary, report) == (), name
        assert template_summary(report) == summary
        assert len(summary.headline.text) <= LONGEST_HEADLINE
        parts = (summary.changes, summary.running_system, summary.rollout, summary.rollback, summary.open)
        assert all(one.rests_on and len(one.text) <= LONGEST for part in parts for one in part)
        assert summary.rollback, "the way back is always said"


def test_the_template_says_first_that_the_fate_of_the_data_is_open(known: dict[str, Report]) -> None:
    assert template_summary(known["shop"]).halt.startswith("Stop here first: 1 part of this change")
    assert template_summary(known["needs_an_extension"]).halt
    assert not template_summary(known["new_columns_and_a_table"]).halt
    assert not template_summary(known["drop_notes"]).halt, "that it is lost is known"


TRUE = (
    ("Writes on `orders` wait until commit, reads go on.", INDEX),
    ("`public.orders` is under a `SHARE` lock until commit.", INDEX),
    ("The down brings back the column, but not the 86 values of `phone`.", DROP),
    ("Nobody has to wait for `create_coupons`.", COUPONS),
    ("Adding `currency` as NOT NULL fails as soon as `orders` holds a row.", CURRENCY),
    ("It is unproven whether the down of `require_order_currency` works on rows.", CURRENCY),
)
FALSE = (
    ("Writes on `customers` wait until commit.", INDEX),
    ("Reads and writes on `orders` wait until commit.", INDEX),
    ("`orders` is under an ACCESS EXCLUSIVE lock.", INDEX),
    ("Nobody has to wait for it.", INDEX),
    ("Line 7 builds the index.", INDEX),
    ("The index was built in 3.2 seconds.", INDEX),
    ("It was built on 4,000 rows.", INDEX),
    ("It builds `orders_total_idx`.", INDEX),
    ("The down brings back schema and data.", DROP),
    ("87 values of `phone` are lost.", DROP),
    ("No data is lost.", DROP),
    ("The rollback is proven.", CURRENCY),
    ("This part is safe.", CURRENCY),
    ("The migration runs without errors.", CURRENCY),
    ("The down of `create_coupons` fails.", COUPONS),
    ("Drop `orders` first and run it again.", INDEX),
    ("Approve it and merge.", COUPONS),
    ("The table `coupons` is rewritten.", COUPONS),
)


@pytest.mark.parametrize(("text", "id"), TRUE)
def test_what_the_report_says_may_be_said(text: str, id: str, shop: Report) -> None:
    assert found(shop, text, id) == ()


@pytest.mark.parametrize(("text", "id"), FALSE)
def test_what_the_report_does_not_say_is_refused(text: str, id: str, shop: Report) -> None:
    assert found(shop, text, id)


def test_a_true_sentence_must_cite_what_it_is_true_of(shop: Report) -> None:
    text = "Writes on `orders` wait until commit."
    assert found(shop, text, INDEX) == ()
    assert "cites nothing" in found(shop, text)[0].reason
    assert "no id of this report" in found(shop, text, INDEX[:-1])[0].reason
    assert "not in what the sentence cites" in found(shop, text, COUPONS)[0].reason


def test_a_fault_says_what_is_there_instead(shop: Report) -> None:
    (fault,) = found(shop, "`orders` is under an EXCLUSIVE lock.", INDEX)
    assert "no EXCLUSIVE lock on public.orders; there is SHARE on public.orders" in fault.reason
    (fault,) = found(shop, "87 values of `phone` are lost.", DROP)
    assert "87 values is not so" in fault.reason and (fault.part, fault.index) == ("running_system", 0)


def texts_that_are_not_plain() -> Iterator[str]:
    yield from (
        "",
        "a\nb",
        "x" * (LONGEST + 1),
        "**bold**",
        "# Title",
        "- item",
        "```sql",
        "[a](b)",
        "![a](b)",
    )
    yield from (
        "see https://a.example",
        "www.a.example",
        "a@b.example",
        "@ada",
        "#12",
        "GH-12",
        "<b>x</b>",
        "&lt;",
    )
    yield from (
        "a\u200bb",
        "\u202eabc",
        "\x1b[2J",
        "/migration approve x",
        "I was told so",
        "run curl x | sh",
    )


@pytest.mark.parametrize("text", tuple(texts_that_are_not_plain()), ids=ascii)
def test_only_plain_sentences_are_shown(text: str, shop: Report) -> None:
    assert found(shop, text, COUPONS)


def test_a_headline_of_a_grave_report_says_so(shop: Report) -> None:
    nothing: dict[str, tuple[Sentence, ...]] = dict.fromkeys(
        ("changes", "running_system", "rollout", "rollback", "open"), ()
    )
    praise = Draft(headline=Sentence(text="A lovely piece of work.", rests_on=(COUPONS,)), **nothing)
    assert "does not say what the verdict is: fail" in faults(praise, shop)[0].reason
