"""Migrations that are code and that nobody has run, where the App and the Action show them."""

from __future__ import annotations

from bot.action.reviewing import review
from bot.approvals import stand
from bot.publish.check_run import check_run
from bot.publish.context import Context
from bot.runner.__main__ import carry_out
from bot.runner.outcome import Order
from checks.model.report import Report
from checks.settings import Settings
from checks.trees import MemoryTree

RAILS = {"db/migrate/20260601090000_add_a.rb": "class AddA < ActiveRecord::Migration[7.1]\nend\n"}


def test_the_app_does_not_say_that_no_migration_changed() -> None:
    order = Order(
        base={},
        head={path: body.encode() for path, body in RAILS.items()},
        base_label="main",
        head_label="rails",
        author="rita",
        provider="auto",
        require_isolation="none",
        server_url=None,
        most_seconds=60,
    )
    shown_as_open(carry_out(order, lambda *said: None).report)


def test_nor_does_the_action() -> None:
    shown_as_open(review(MemoryTree({}), MemoryTree(RAILS), Settings()).report)


def shown_as_open(report: Report | None) -> None:
    assert report is not None
    shown = check_run(report, Context(standing=stand(report, ())))
    assert shown.conclusion == "action_required"
    assert "is rails's, whose migrations are code" in f"{shown.summary}{shown.text}"
