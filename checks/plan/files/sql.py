"""Files of SQL: the author's, changed where a statement goes another way, and new ones behind it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

from checks.model.findings import AdviceFile
from checks.plan.files.closest import closest
from checks.plan.files.layout import BORDERS, Group, Layout, lay_out, refuse_transaction, runs_one_by_one
from checks.plan.files.rewrite import CannotWrite, Rewrite, Written
from checks.plan.files.spans import Edit, edited, spans
from checks.plan.model import Step
from checks.sql.parse import command_tag

NO_DOWNS = "{tool} keeps no ways back beside its migrations."
NO_TEXT = "`{path}` cannot be read as text, so it cannot be changed."


class Texts:
    """The files of head, with what is written over them."""

    def __init__(self, read: Callable[[str], str | None]) -> None:
        self._read = read
        self._new: dict[str, AdviceFile] = {}

    def __contains__(self, path: str) -> bool:
        return path in self._new or self._read(path) is not None

    def __getitem__(self, path: str) -> str:
        """Raises CannotWrite."""
        text = self._new[path].content if path in self._new else self._read(path)
        if text is None:
            raise CannotWrite(NO_TEXT.format(path=path))
        return text

    def put(self, path: str, content: str, needs: str = "") -> None:
        if content != self._read(path) or needs:
            self._new[path] = AdviceFile(path=path, content=content, needs=needs)

    @property
    def new(self) -> tuple[AdviceFile, ...]:
        return tuple(self._new.values())


@dataclass(frozen=True)
class New:
    """A migration that comes behind the author's."""

    more: str
    """What is put behind the name of the author's: ``_switch``."""
    up: tuple[str, ...]
    down: tuple[str, ...]
    alone: bool
    """The up runs outside of a transaction."""
    down_alone: bool
    needs: str = ""


class Dialect:
    """How one tool writes; what is here does for most."""

    can_be_alone = True
    """Whether a migration can be run outside of a transaction at all."""
    several_alone = True
    """Whether several statements of one file can, each committing by itself."""

    def ended(self, sql: str) -> str:
        """A statement as it stands in a file."""
        return f"{sql};"

    def outside(self, texts: Texts, rewrite: Rewrite) -> None:
        """Have the author's migration run outside of a transaction."""

    def add(self, texts: Texts, rewrite: Rewrite, new: New) -> None:
        """Put a new migration behind all that are there."""
        raise NotImplementedError

    def put_down(self, texts: Texts, rewrite: Rewrite, down: tuple[str, ...]) -> None:
        """Give the author's migration a way back where it has none. Raises CannotWrite."""
        raise CannotWrite(NO_DOWNS.format(tool=rewrite.tool))

    def with_down(self, rewrite: Rewrite, down: tuple[str, ...]) -> Written:
        """The author's migration with a way back. Raises CannotWrite."""
        texts = Texts(rewrite.read)
        self.put_down(texts, rewrite, down)
        return Written(texts.new, ((),))

    def write(self, rewrite: Rewrite) -> Written:
        """Raises CannotWrite."""
        layout = lay_out(rewrite, can_be_alone=self.can_be_alone, several_alone=self.several_alone)
        texts = Texts(rewrite.read)
        self._own(texts, rewrite, layout)
        for new in _news(rewrite, layout.following):
            self.add(texts, rewrite, new)
        return Written(texts.new, (layout.own_steps, *(group.steps for group in layout.following)))

    def _own(self, texts: Texts, rewrite: Rewrite, layout: Layout) -> None:
        path = rewrite.statements[0].path
        changes = [*self._ups(texts[path], rewrite, layout), *self._downs(texts, path, rewrite, layout)]
        if changes:
            texts.put(path, edited(texts[path], changes), layout.needs)
        if layout.alone:
            self.outside(texts, rewrite)

    def _ups(self, text: str, rewrite: Rewrite, layout: Layout) -> Iterator[Edit]:
        patience = None if layout.alone else rewrite.patience
        for index, span in enumerate(spans(text, rewrite.statements)):
            was = text[span.start : span.end]
            new = self._instead(index, was, rewrite, layout)
            if patience and index == patience.first:
                new = f"{self.ended(patience.before)}\n{new}"
            if patience and index == patience.last and patience.behind:
                new = f"{new}{'' if span.ended else ';'}\n{self.ended(patience.behind)}"
            if new != was:
                yield Edit(span, new)

    def _instead(self, index: int, was: str, rewrite: Rewrite, layout: Layout) -> str:
        """What stands in the place of a statement of the author's; ``""`` when nothing does."""
        sql = rewrite.statements[index].sql
        if index in layout.own:
            steps = layout.own[index]
            return self._joined([closest(sql, one) for step in steps for one in _in_order(step, rewrite)])
        return "" if layout.alone and command_tag(sql) in BORDERS else was

    def _downs(self, texts: Texts, up_path: str, rewrite: Rewrite, layout: Layout) -> Iterator[Edit]:
        """The edits in the file of the up; a down in a file of its own is written at once."""
        down, way_back = rewrite.migration.down, rewrite.way_back
        if down is None or not down.statements or not (way_back.without or way_back.undo):
            return
        path = down.statements[0].path
        places = spans(texts[path], down.statements)
        changes = [Edit(places[index], "") for index in sorted(way_back.without)]
        if way_back.undo:
            undo = self._joined(undo_of(layout.own_steps))
            first = places[0]
            kept = "" if 0 in way_back.without else f"\n{texts[path][first.start : first.end]}"
            changes = [Edit(first, undo + kept), *(one for one in changes if one.span != first)]
        if path == up_path:
            yield from changes
        else:
            texts.put(path, edited(texts[path], changes))

    def _joined(self, statements: Sequence[str]) -> str:
        return "\n".join(self.ended(sql) for sql in statements)


def undo_of(steps: Sequence[Step]) -> tuple[str, ...]:
    """The way back over all steps, the last one first."""
    return tuple(sql for step in reversed(steps) for sql in step.undo)


def _news(rewrite: Rewrite, groups: Sequence[Group]) -> Iterator[New]:
    taken = {migration.name for migration in rewrite.history.migrations}
    for group in groups:
        one_by_one = runs_one_by_one(rewrite)
        up = tuple(
            sql for step in group.steps for sql in (_in_order(step, rewrite) if one_by_one else step.sql)
        )
        down = undo_of(group.steps)
        more = _free(rewrite.migration.name, f"_{group.phase.value}", taken)
        taken.add(f"{rewrite.migration.name}{more}")
        yield New(
            more=more,
            up=up,
            down=down,
            alone=group.alone,
            down_alone=refuse_transaction(down),
            needs=group.needs,
        )


def _free(name: str, word: str, taken: Collection[str]) -> str:
    """The word, with a number where a migration has that name already."""
    numbered = (f"{word}_{number}" for number in range(2, len(taken) + 3))
    return next(more for more in (word, *numbered) if f"{name}{more}" not in taken)


def _in_order(step: Step, rewrite: Rewrite) -> tuple[str, ...]:
    """Its statements, in a transaction where it wants one and the tool opens none."""
    if step.transaction and runs_one_by_one(rewrite):
        return ("BEGIN", *step.sql, "COMMIT")
    return step.sql
