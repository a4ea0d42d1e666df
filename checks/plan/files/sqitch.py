"""sqitch: scripts for deploy and revert that psql runs statement by statement, and a line of ``sqitch.plan`` for each change."""

from __future__ import annotations

import re

from checks.frameworks.view import base_name, join, parent
from checks.plan.files.rewrite import CannotWrite, Rewrite
from checks.plan.files.sql import Dialect, New, Texts

NO_REVERTS = "No change here has a revert script, so nobody can say where they are kept."
NO_PLAN = "The line of the change was not found in `sqitch.plan`."


class Sqitch(Dialect):
    def add(self, texts: Texts, rewrite: Rewrite, new: New) -> None:
        path = rewrite.migration.path
        name = f"{rewrite.migration.name}{new.more}"
        extension = base_name(path).rpartition(".")[2]
        texts.put(join(parent(path), f"{name}.{extension}"), _script(new.up), new.needs)
        if rewrite.migration.down is not None and len(rewrite.migration.files) > 1:
            back = parent(rewrite.migration.files[1])
            texts.put(join(back, f"{name}.{extension}"), _script(new.down))
        plan = _plan(texts, rewrite)
        texts.put(plan, _with_change(texts[plan], rewrite.migration.name, name))

    def put_down(self, texts: Texts, rewrite: Rewrite, down: tuple[str, ...]) -> None:
        reverts = [one.files[1] for one in rewrite.history.migrations if len(one.files) > 1]
        if not reverts:
            raise CannotWrite(NO_REVERTS)
        path = join(parent(reverts[-1]), base_name(rewrite.migration.path))
        texts.put(path, _script(("BEGIN", *down, "COMMIT")))


def _script(statements: tuple[str, ...]) -> str:
    return "".join(f"{sql};\n" for sql in statements) or "-- Nothing has to be taken back.\n"


def _plan(texts: Texts, rewrite: Rewrite) -> str:
    path = join(rewrite.history.folder, "sqitch.plan")
    if path not in texts:
        raise CannotWrite(NO_PLAN)
    return path


def _with_change(text: str, own: str, name: str) -> str:
    """The plan with one change more, behind all others: planned by the same person, at the same time."""
    line = re.compile(
        rf"^\+?\s*{re.escape(own)}\s+(?:\[[^\]]*\]\s*)?(?P<who>\d{{4}}-\d\d-\d\dT\S+Z\s+[^<\n]+<[^>\n]*>)",
        re.MULTILINE,
    )
    found = list(line.finditer(text))
    if not found:
        raise CannotWrite(NO_PLAN)
    return f"{text.rstrip()}\n{name} [{own}] {found[-1]['who']} # Split off {own}.\n"


write = Sqitch().write
with_down = Sqitch().with_down
