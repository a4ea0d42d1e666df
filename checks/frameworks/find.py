"""Find the migration folders of a tree and give each to one tool."""

from __future__ import annotations

import pkgutil
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib import import_module

from checks import frameworks
from checks.errors import SettingsError
from checks.frameworks.dialect import is_for_another_database
from checks.frameworks.framework import Claim, Framework, Strength
from checks.frameworks.view import View, is_inside
from checks.model.migrations import History, Problem
from checks.settings import FolderSettings, Settings
from checks.trees import Tree


def find_histories(tree: Tree, settings: Settings) -> tuple[History, ...]:
    """Every migration folder of the tree, read by its tool, sorted by folder.

    ``settings.folders`` narrows it to those folders and what is below them, and gives their order. Raises
    SettingsError for a tool that nobody knows.
    """
    wanted = _checked(settings.folders)
    view = View(tree, ignore=settings.ignore, include=[folder.path for folder in wanted])
    named = [_read_named(view, folder, settings) for folder in wanted if folder.tool]
    taken = {folder.path for folder in wanted if folder.tool}
    found = [
        _read_claimed(view, claims, settings)
        for claims in _contests(view)
        if _is_for_postgres(view, claims[0])
        and not any(is_inside(claims[0].folder, folder) for folder in taken)
        and (not wanted or _entry(claims[0].folder, wanted))
    ]
    histories = [history for history in (*named, *found) if history.migrations or history.problems]
    in_databases = (_in_its_database(history, wanted) for history in histories)
    return tuple(
        sorted(in_databases, key=lambda history: (_place(history, wanted), history.folder, history.tool))
    )


@cache
def known_frameworks() -> Mapping[str, Framework]:
    """Name → framework, for every module of this package that has one.

    ``ecto_files`` is a part of ``ecto``: it has none, and is imported when that one needs it.
    """
    names = {found.name for found in pkgutil.iter_modules(frameworks.__path__)}
    whole = sorted(name for name in names if name.rpartition("_")[0] not in names)
    modules = [import_module(f"{frameworks.__name__}.{name}") for name in whole]
    known: list[Framework] = [module.FRAMEWORK for module in modules if hasattr(module, "FRAMEWORK")]
    return {framework.name: framework for framework in known}


def _checked(folders: Iterable[FolderSettings]) -> list[FolderSettings]:
    known = known_frameworks()
    for folder in folders:
        if folder.tool and folder.tool not in known:
            raise SettingsError(
                f"folder {folder.path!r}: unknown tool {folder.tool!r}",
                hint=f"Known tools: {', '.join(sorted(known))}.",
            )
    return [
        folder.model_copy(update={"path": folder.path.strip("/").removeprefix("./")}) for folder in folders
    ]


def _entry(folder: str, wanted: Sequence[FolderSettings]) -> FolderSettings | None:
    """The configured entry that is closest above the folder, or the folder itself."""
    around = [entry for entry in wanted if is_inside(folder, entry.path)]
    return max(around, key=lambda entry: len(entry.path), default=None)


def _place(history: History, wanted: Sequence[FolderSettings]) -> int:
    """Folders of one database are applied in the order in which the configuration names them."""
    entry = _entry(history.folder, wanted)
    return wanted.index(entry) if entry else 0


def _in_its_database(history: History, wanted: Sequence[FolderSettings]) -> History:
    entry = _entry(history.folder, wanted)
    return history.model_copy(update={"database": entry.database}) if entry else history


def _read_named(view: View, folder: FolderSettings, settings: Settings) -> History:
    return known_frameworks()[folder.tool or ""].read(view, folder.path, settings)


def _contests(view: View) -> list[list[Claim]]:
    """Per folder the claims on it, the winner first."""
    claims = [claim for framework in known_frameworks().values() for claim in framework.claims(view)]
    owned = [(inside, claim) for claim in claims for inside in claim.inside]
    by_folder: dict[str, list[Claim]] = defaultdict(list)
    for claim in claims:
        if not any(is_inside(claim.folder, inside) and _beats(owner, claim) for inside, owner in owned):
            by_folder[claim.folder].append(claim)
    return [_ranked(contest) for _, contest in sorted(by_folder.items())]


def _ranked(contest: Sequence[Claim]) -> list[Claim]:
    """The strongest first, then the one with most files; a directive in a few stray files wins no folder."""
    by_name = (Strength.GRAMMAR, Strength.DEPENDENCY)
    most = max((len(claim.files) for claim in contest if claim.strength in by_name), default=0)

    def rank(claim: Claim) -> tuple[bool, int, int, str]:
        is_stray = claim.strength is Strength.DIRECTIVE and len(claim.files) * 2 < most
        return is_stray, -claim.strength, -len(claim.files), claim.tool

    return sorted(contest, key=rank)


def _beats(owner: Claim, claim: Claim) -> bool:
    return owner is not claim and owner.strength >= claim.strength


def _is_for_postgres(view: View, winner: Claim) -> bool:
    knows = winner.strength is Strength.MARKER
    return winner.postgres and (knows or not is_for_another_database(view, winner.files))


def _read_claimed(view: View, claims: Sequence[Claim], settings: Settings) -> History:
    winner, *losers = claims
    history = known_frameworks()[winner.tool].read(view, winner.folder, settings)
    mixed = _mixed(winner, losers)
    return history.model_copy(update={"problems": (*history.problems, *mixed)}) if mixed else history


def _mixed(winner: Claim, losers: Sequence[Claim]) -> list[Problem]:
    """One problem per other tool with files of its own in this folder."""
    problems = []
    for loser in losers:
        own = sorted(set(loser.files) - set(winner.files))
        if own and loser.strength > Strength.FALLBACK and winner.strength < Strength.MARKER:
            more = f" and {len(own) - 1} more" if len(own) > 1 else ""
            message = (
                f"The folder is read as {winner.tool} ({len(winner.files)} files), but this file{more} is written for "
                f"{loser.tool}. Move it to a folder of its own, or name the folder's tool in the configuration."
            )
            problems.append(Problem(rule="mixed-folder", path=own[0], message=message))
    return problems
