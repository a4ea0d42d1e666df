"""The child: an order on standard input, progress and one outcome on standard output, one JSON object a line."""

from __future__ import annotations

import json
import os
import pickle
import signal
import sys
import threading
from datetime import date
from typing import IO

from bot.downstream import downstream
from bot.handoff import handoff
from bot.runner.outcome import Around, Order, Outcome
from checks.errors import MigrationError, SandboxError
from checks.model.report import Report
from checks.proposals import prove
from checks.settings import Settings, load
from checks.trees import MemoryTree
from checks.trees.tree import read_text
from checks.validate import validate


def main() -> None:
    orders, answers = sys.stdin.buffer, sys.stdout
    # pickle: the parent is this project, and what strangers wrote is only bytes in it.
    order: Order = pickle.load(orders)
    threading.Thread(target=_end_with_parent, args=(orders,), daemon=True).start()

    def say(what: str, done: int = 0, total: int = 0) -> None:
        print(json.dumps({"progress": what}), file=answers, flush=True)

    outcome = carry_out(order, say)
    print(json.dumps({"outcome": outcome.model_dump_json()}), file=answers, flush=True)


def carry_out(order: Order, say: object) -> Outcome:
    base, head = MemoryTree(order.base, order.base_label), MemoryTree(order.head, order.head_label)
    try:
        settings = _operators(load(base)[0], order)
        if order.proposal:
            return Outcome(proof=prove(base, head, order.proposal, settings, say))  # type: ignore[arg-type]
        report = validate(base, head, settings, say, today=date.today())  # type: ignore[arg-type]
    except SandboxError as error:
        return Outcome(problem=_sentences(error), passing=True)
    except MigrationError as error:
        return Outcome(problem=_sentences(error))
    if report.says_nothing:
        return Outcome()
    found = downstream(report, head)
    around = Around(
        usages=found.usages,
        stopped=found.stopped,
        handoff=handoff(settings, report, order.author),
        summary=settings.summary,
        files={path: read_text(head, path) for path in _advised(report)},
    )
    return Outcome(report=report, around=around)


def _advised(report: Report) -> set[str]:
    """Files for which there is a proven script: they were read to run them."""
    return {one.path for one in report.findings if one.advice and one.advice.proven and one.path}


def _operators(settings: Settings, order: Order) -> Settings:
    """A repository chooses what is tested, not where: no server and no image of its own, no more time than there is."""
    seconds = min(settings.limits.total_seconds, order.most_seconds)
    return settings.model_copy(
        update={
            "provider": order.provider,
            "require_isolation": order.require_isolation,
            "server_url": order.server_url,
            "image": None,
            "limits": settings.limits.model_copy(update={"total_seconds": seconds}),
        }
    )


def _sentences(error: MigrationError) -> str:
    return f"{error}. {error.hint}".strip()


def _end_with_parent(orders: IO[bytes]) -> None:
    """Standard input ends when the parent does, however it ended: the sandbox is taken down like on Ctrl-C."""
    orders.read()
    os.kill(os.getpid(), signal.SIGTERM)


def _terminate(number: int, frame: object) -> None:
    raise SystemExit(143)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _terminate)
    main()
