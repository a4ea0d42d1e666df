"""Which steps stay in the author's migration, and which get migrations of their own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from checks.model.migrations import TransactionMode
from checks.plan.files.rewrite import CannotWrite, Rewrite
from checks.plan.model import Deploy, Phase, Step
from checks.sql.parse import command_tag

BEGINS = frozenset({"BEGIN", "START TRANSACTION"})
BORDERS = BEGINS | {"COMMIT"}
SETTINGS = frozenset({"SET", "RESET"})
ORDER = {phase: place for place, phase in enumerate(Phase)}

NEVER = "{tool} runs every migration in a transaction, in which this cannot be done."


@dataclass(frozen=True)
class Group:
    """The steps of one migration."""

    steps: tuple[Step, ...]
    alone: bool
    """It has to run outside of a transaction."""
    needs: str = ""
    """What has to be deployed before it is applied."""

    @property
    def phase(self) -> Phase:
        return self.steps[0].phase


@dataclass(frozen=True)
class Layout:
    own: Mapping[int, tuple[Step, ...]]
    """Number of a replaced statement → what stands there instead; nothing when it goes into a migration of its own."""
    following: tuple[Group, ...] = ()
    alone: bool = False
    """The author's migration now has to run outside of a transaction, which it did not."""
    needs: str = ""

    @property
    def own_steps(self) -> tuple[Step, ...]:
        return tuple(step for index in sorted(self.own) for step in self.own[index])


def may_share(step: Step, *, with_undo: bool = False) -> bool:
    """Whether it can run in a transaction, as tools open one."""
    statements = (*step.sql, *step.undo) if with_undo else step.sql
    return step.transaction or not refuse_transaction(statements)


def refuse_transaction(statements: Sequence[str]) -> bool:
    """Whether one of them builds or drops CONCURRENTLY, or commits."""
    return any("CONCURRENTLY" in sql or sql.startswith("DO ") for sql in statements)


def lay_out(rewrite: Rewrite, *, can_be_alone: bool = True, several_alone: bool = True) -> Layout:
    """``several_alone``: whether several statements of one file can run outside of a transaction.

    Raises CannotWrite for a step that the tool has no way to run.
    """
    if fits_in_place(rewrite, can_be_alone=can_be_alone, several_alone=several_alone):
        own = {index: tuple(steps_of(rewrite, index)) for index in rewrite.ways}
        alone = any(not may_share(step) for steps in own.values() for step in steps)
        return Layout(own, alone=alone and not runs_one_by_one(rewrite))
    layout = divided(rewrite, several_alone)
    if not can_be_alone and (layout.alone or any(group.alone for group in layout.following)):
        raise CannotWrite(NEVER.format(tool=rewrite.tool))
    return layout


def fits_in_place(rewrite: Rewrite, *, can_be_alone: bool, several_alone: bool) -> bool:
    """Whether all of it can stand where the author's statements stand."""
    if any(isinstance(item, Deploy) for stages in rewrite.ways.values() for item in stages):
        return False
    if runs_one_by_one(rewrite):
        return True
    steps = [step for index in rewrite.ways for step in steps_of(rewrite, index)]
    if len({step.phase for step in steps}) > 1 or len({may_share(step) for step in steps}) != 1:
        return False
    if may_share(steps[0]):
        return nothing_else(rewrite) or not any(map(only_reads, steps))
    few = several_alone or sum(len(step.sql) for step in steps) == 1 == len(rewrite.statements) - borders(
        rewrite
    )
    return can_be_alone and few and nothing_else(rewrite)


def runs_one_by_one(rewrite: Rewrite) -> bool:
    """Whether each statement of the author's migration commits by itself."""
    begins = any(command_tag(statement.sql) in BEGINS for statement in rewrite.statements)
    return rewrite.up.transaction is TransactionMode.AUTOCOMMIT and not begins


def nothing_else(rewrite: Rewrite) -> bool:
    """Whether the author's migration does nothing but what goes another way."""
    return all(
        index in rewrite.ways or command_tag(statement.sql) in BORDERS | SETTINGS
        for index, statement in enumerate(rewrite.statements)
    )


def borders(rewrite: Rewrite) -> int:
    return sum(command_tag(statement.sql) in BORDERS for statement in rewrite.statements)


def divided(rewrite: Rewrite, several_alone: bool) -> Layout:
    """What old code does not notice stays where it was, as far as a transaction takes it; the rest comes behind."""
    own = {index: tuple(first_steps(rewrite, index)) for index in rewrite.ways}
    left = [
        (step, index)
        for index in sorted(rewrite.ways)
        for step in steps_of(rewrite, index)
        if step not in own[index]
    ]
    left.sort(key=lambda pair: (ORDER[pair[0].phase], not only_reads(pair[0])))
    deploys = deploys_of(rewrite)
    first = own_phase(own)
    needs = needed(deploys, None, first) if first else ""
    groups = [*grouped([step for step, _ in left], deploys, first, several_alone)]
    if (
        groups and not first and nothing_else(rewrite)
    ):  # then the first of them takes the place of the author's
        head, *groups = groups
        for step, index in left:
            if step in head.steps:
                own[index] += (step,)
        return Layout(own, tuple(groups), head.alone and not runs_one_by_one(rewrite), head.needs)
    return Layout(own, tuple(groups), needs=needs)


def only_reads(step: Step) -> bool:
    """Whether it reads a whole table: before others close one for the rest of the transaction."""
    return all("VALIDATE CONSTRAINT" in sql for sql in step.sql)


def first_steps(rewrite: Rewrite, index: int) -> Iterator[Step]:
    for step in steps_of(rewrite, index):
        if step.phase is Phase.EXPAND:
            if not may_share(step):
                return
            yield step


def own_phase(own: Mapping[int, Sequence[Step]]) -> Phase | None:
    phases = [step.phase for steps in own.values() for step in steps]
    return max(phases, key=lambda phase: ORDER[phase], default=None)


def grouped(
    steps: Sequence[Step], deploys: Sequence[Deploy], before: Phase | None, several_alone: bool
) -> Iterator[Group]:
    """One group for what runs in one transaction, or outside of any; never across a deploy."""
    group: list[Step] = []
    needs = ""
    for step in steps:
        last = group[-1] if group else None
        wanted = needed(deploys, last.phase if last else before, step.phase)
        if last and (wanted or not go_together(last, step, several_alone) or stands_alone(step, group)):
            yield Group(tuple(group), not may_share(last), needs)
            before, group = last.phase, []
        needs = needs if group else wanted
        group.append(step)
    if group:
        yield Group(tuple(group), not may_share(group[-1]), needs)


def stands_alone(step: Step, group: Sequence[Step]) -> bool:
    """What takes something away for ever has a migration of its own, before which people can wait."""
    return step.phase is Phase.CONTRACT and not step.undo and group[0].phase is not Phase.CONTRACT


def go_together(one: Step, other: Step, several_alone: bool) -> bool:
    if may_share(one) is not may_share(other) or not (may_share(one) or several_alone):
        return False
    ends = one.phase is Phase.SWITCH and other.phase is Phase.CONTRACT and bool(other.undo)
    return one.phase is other.phase or ends


def steps_of(rewrite: Rewrite, index: int) -> list[Step]:
    """The steps with something to run."""
    return [item for item in rewrite.ways[index] if isinstance(item, Step) and item.sql]


def deploys_of(rewrite: Rewrite) -> list[Deploy]:
    found = (item for stages in rewrite.ways.values() for item in stages if isinstance(item, Deploy))
    return list(dict.fromkeys(found))


def needed(deploys: Sequence[Deploy], after: Phase | None, phase: Phase) -> str:
    """What is to be deployed behind one phase and before another."""
    least = -1 if after is None else ORDER[after]
    return " ".join(one.needs for one in deploys if least < ORDER[one.before] <= ORDER[phase])
