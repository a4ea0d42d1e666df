"""Summaries made of true sentences, and the same with one falsehood planted."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import cycle

from benchmarks.grounding.facts import Fact, facts
from benchmarks.grounding.phrasings import Part, phrasings, slots_of, spell
from bot.summary.model import Draft, Sentence
from checks.model.observations import LockMode
from checks.model.report import Report, Verdict
from checks.model.rollback import RollbackStatus

PLACES = {
    "changes": (
        "new-table", "new-column", "dropped-column", "new-index", "constraint", "type-change", "counts", "rows-touched",
    ),
    "running_system": ("lock", "blocks-all", "blocks-writes", "blocks-none", "rewrite", "scan", "held"),
    "rollout": ("rollout", "advice-concurrently", "duration", "rows", "failure"),
    "rollback": ("restored", "data-lost", "no-way-back", "rollback-unproven"),
    "open": ("unproven", "postgres"),
}  # fmt: skip
"""Which kinds of fact stand in which part."""
_NOT_FOR_ALL = {
    "can be rolled back": "restored",
    "rolled back and ran": "restored",
    "rolls back cleanly": "restored",
    "rollback that works": "restored",
    "rollback was verified": "restored",
    "without blocking anyone": "quiet",
    "on rows or": "rows",
    "migration itself fails": "rows",
    "with rows": "rows",
    "real data": "rows",
    "with data": "rows",
    "without data": "rows",
    "existing rows": "rows",
    "keeps the data": "rows",
    "can be undone": "restored",
    "could be rolled back": "restored",
    "up, down and up": "restored",
    "Verified on": "proven",
    "all were looked": "proven",
    "the data after": "rows",
    "a part did not run": "rows",
    "High risk": "high risk",
    "Low risk": "low risk",
    "Medium care": "medium risk",
    "All {n_word}": "several",
    "nothing blocks a live": "quiet",
    "All of this": "proven",
    "Everything was executed": "proven",
    "on rows": "rows",
    "real rows": "rows",
    "empty tables": "rows",
    "up fails first": "rows",
    "With rows, the": "rows",
    "does not work": "failed",
    "cannot be rolled back cleanly": "failed",
}
"""Words of a phrasing that are true only where the fact says more."""


@dataclass(frozen=True)
class Planted:
    kind: str
    """Of the falsehood."""
    part: str
    index: int
    draft: Draft

    @property
    def sentence(self) -> Sentence:
        found: Sentence | tuple[Sentence, ...] = getattr(self.draft, self.part)
        return found if isinstance(found, Sentence) else found[self.index]


def true_sentence(fact: Fact, part: Part, chance: random.Random) -> Sentence | None:
    candidates = [
        phrase
        for phrase in phrasings("true", part).get(fact.kind, ())
        if all(
            needs in fact.also for words, needs in _NOT_FOR_ALL.items() if words in phrase and _decides(fact)
        )
        and slots_of(phrase).keys() <= _known_slots(fact)
    ]
    return _sentence(chance.choice(candidates), fact, chance) if candidates else None


def _decides(fact: Fact) -> bool:
    return fact.kind.startswith(("headline", "no-way-back", "rollback-unproven", "postgres"))


def _known_slots(fact: Fact) -> set[str]:
    known = {*fact.slots, *(f"{name}_" for name in fact.slots)}
    if "mode" in known:
        known |= {"a_mode", "a_mode_"}
    if "table" in known:
        known.add("table_plain")
    return known | ({"migration"} if fact.place else set())


def _sentence(phrase: str, fact: Fact, chance: random.Random) -> Sentence | None:
    text = spell(phrase, fact, chance)
    return None if text is None else Sentence(text=text, rests_on=chance.choice(fact.cites))


def true_draft(report: Report, part: Part, chance: random.Random) -> Draft:
    """A headline, and one or two sentences in each part for which there is a fact."""
    known = list(facts(report))
    (head,) = [one for one in known if one.kind.startswith("headline")]
    headline = true_sentence(head, part, chance)
    assert headline
    sections = {name: _some(known, kinds, part, chance) for name, kinds in PLACES.items()}
    return Draft(headline=headline, **sections)


def _some(
    known: Sequence[Fact], kinds: Sequence[str], part: Part, chance: random.Random
) -> tuple[Sentence, ...]:
    fitting = [one for one in known if one.kind in kinds]
    chosen = chance.sample(fitting, min(len(fitting), chance.choice((1, 1, 2))))
    return tuple(one for one in (true_sentence(fact, part, chance) for fact in chosen) if one)


# ── Falsehoods ──────────────────────────────────────────────────────────────────────────────────────

NO_TABLES = (
    "invoices", "payments", "accounts", "user_sessions", "audit_log", "shipments", "subscriptions",
    "line_items", "warehouses", "employees", "public.invoices", "tickets",
)  # fmt: skip
NO_COLUMNS = ("status_code", "amount", "deleted_at", "owner_id", "address", "fax", "discount", "birthday")
NO_INDEXES = ("idx_users_email", "orders_total_idx", "payments_pkey", "ix_created", "accounts_name_index")
NO_CONSTRAINTS = ("chk_amount", "users_email_key", "payments_positive", "fk_owner", "accounts_name_check")
NO_TYPES = ("jsonb", "double precision", "money", "inet", "varchar(77)")


def planted(kind: str, report: Report, part: Part, chance: random.Random) -> Planted | None:
    """A true summary with one falsehood of this kind in it; None when the Report gives no occasion."""
    known = list(facts(report))
    chance.shuffle(known)
    for fact in known:
        lie = FALSEHOODS[kind](fact, report, part, chance)
        if lie:
            return _put(kind, lie, fact.kind, true_draft(report, part, chance), chance)
    return None


def _put(kind: str, lie: Sentence, fact_kind: str, draft: Draft, chance: random.Random) -> Planted:
    place = next((name for name, kinds in PLACES.items() if fact_kind in kinds), None)
    if kind.startswith("inverted") and chance.random() < 0.5:
        return Planted(kind, "headline", 0, draft.model_copy(update={"headline": lie}))
    place = place or chance.choice(tuple(PLACES))
    there = getattr(draft, place)
    return Planted(kind, place, len(there), draft.model_copy(update={place: (*there, lie)}))


Lie = Callable[[Fact, Report, Part, random.Random], Sentence | None]


def _with(slot: str, wrong: Callable[[Fact, Report, random.Random], str | int | float | None]) -> Lie:
    """A phrasing with this slot, filled with what is not so."""

    def lie(fact: Fact, report: Report, part: Part, chance: random.Random) -> Sentence | None:
        uses = {slot, f"{slot}_", f"a_{slot}", f"a_{slot}_"}
        fitting = [
            one
            for one in phrasings("true", part).get(fact.kind, ())
            if slots_of(one).keys() & uses
            and slots_of(one).keys() <= _known_slots(fact)
            and not fact.kind.startswith("headline")
        ]
        value = wrong(fact, report, chance) if slot in fact.slots and fitting else None
        if value is None or value == fact.slots[slot]:
            return None
        return _sentence(chance.choice(fitting), replace(fact, slots={**fact.slots, slot: value}), chance)

    return lie


def _said(kind: str, file: str, fits: Callable[[Fact, Report], bool]) -> Lie:
    """A phrasing of this kind, where it is not so."""

    def lie(fact: Fact, report: Report, part: Part, chance: random.Random) -> Sentence | None:
        if not fits(fact, report):
            return None
        known = _known_slots(fact)
        fitting = [
            one for one in phrasings(file, part)[kind] if slots_of(one).keys() <= known and "fixed" not in one
        ]
        return _sentence(chance.choice(fitting), fact, chance) if fitting else None

    return lie


def _other(names: Sequence[str]) -> Callable[[Fact, Report, random.Random], str]:
    return lambda fact, report, chance: chance.choice(names)


def _another_table(fact: Fact, report: Report, chance: random.Random) -> str | None:
    """Another one of the same Report, which this migration does not touch."""
    if fact.place is None:
        return None
    touched = {lock.relation for one in fact.place.up.statements for lock in one.locks}
    touched |= {lock.relation for one in fact.place.rollback.down for lock in one.locks}
    there = {
        table
        for migration in report.migrations
        for table in migration.rows_before
        if table not in touched and not any(table[7:] in one.sql for one in fact.place.up.statements)
    }
    return chance.choice(sorted(there)) if there and fact.kind not in ("new-table", "rows") else None


def _another_mode(fact: Fact, report: Report, chance: random.Random) -> str:
    """One that this migration does not take on the table."""
    statements = fact.place.up.statements if fact.place else ()
    taken = {lock.mode for one in statements for lock in one.locks if lock.relation == fact.slots["table"]}
    return chance.choice([mode.value for mode in list(LockMode)[1:] if mode not in taken])


def _another_number(fact: Fact, report: Report, chance: random.Random) -> int:
    """Off by a little or by much."""
    value = int(fact.slots[next(name for name in ("rows", "touched") if name in fact.slots)])
    return chance.choice((value + chance.randint(5, 20), value * 10, value * 1000 + 7, 12_000, 48_213))


def _another_duration(fact: Fact, report: Report, chance: random.Random) -> float:
    return float(fact.slots["duration"]) * chance.choice((5, 40, 300)) + chance.choice((27, 1800, 46_000))


def _another_line(fact: Fact, report: Report, chance: random.Random) -> int:
    return int(fact.slots["line"]) + chance.randint(14, 60)


def _another_count(slot: str) -> Callable[[Fact, Report, random.Random], int]:
    return lambda fact, report, chance: int(fact.slots[slot]) + chance.randint(1, 3)


def _made_up_id(fact: Fact, report: Report, part: Part, chance: random.Random) -> Sentence | None:
    sentence = true_sentence(fact, part, chance)
    if sentence is None:
        return None
    id = chance.choice(sentence.rests_on)
    wrong = chance.choice(
        (id[:-1], f"{id}0", f"{id}/up/9", "f00dfeedf00dfeed", "finding-1", id.replace("/up/", "/UP/") + " ")
    )
    return sentence.model_copy(
        update={"rests_on": tuple(wrong if one == id else one for one in sentence.rests_on)}
    )


def _has_status(*statuses: RollbackStatus) -> Callable[[Fact, Report], bool]:
    return lambda fact, report: fact.place is not None and fact.place.rollback.status in statuses


def _of_kind(*kinds: str) -> Callable[[Fact, Report], bool]:
    return lambda fact, report: fact.kind in kinds


def _not_rewritten(fact: Fact, report: Report) -> bool:
    return _does_nothing_of(fact, "rewrites")


def _not_scanned(fact: Fact, report: Report) -> bool:
    return _does_nothing_of(fact, "scans")


def _does_nothing_of(fact: Fact, what: str) -> bool:
    return (
        fact.kind == "lock" and not any(getattr(one, what) for one in fact.place.up.statements)
        if fact.place
        else False
    )


def _is_whole(fact: Fact, report: Report, *verdicts: Verdict) -> bool:
    return fact.kind.startswith("headline") and report.verdict in verdicts


_NOT_RESTORED = (RollbackStatus.DATA_LOST, RollbackStatus.UNPROVEN, RollbackStatus.FAILED)

FALSEHOODS: Mapping[str, Lie] = {
    "table that is not there": _with("table", _other(NO_TABLES)),
    "another table of the report": _with("table", _another_table),
    "wrong column": _with("column", _other(NO_COLUMNS)),
    "wrong index": _with("index", _other(NO_INDEXES)),
    "wrong constraint": _with("constraint", _other(NO_CONSTRAINTS)),
    "wrong type": _with("new", _other(NO_TYPES)),
    "wrong lock": _with("mode", _another_mode),
    "invented number of rows": _with("rows", _another_number),
    "invented number of changed rows": _with("touched", _another_number),
    "invented duration": _with("duration", _another_duration),
    "wrong line": _with("line", _another_line),
    "wrong number of migrations": _with("migrations_count", _another_count("migrations_count")),
    "wrong number of statements": _with("statements_count", _another_count("statements_count")),
    "wrong number of errors": _with("errors_count", _another_count("errors_count")),
    "wrong number of statements behind": _with("behind_count", _another_count("behind_count")),
    "wrong version of PostgreSQL": _with("postgres", _other(("16.2", "15.7", "17.1", "14"))),
    "wrong SQLSTATE": _with("sqlstate", _other(("23505", "40P01", "42P01", "57014"))),
    "made-up id": _made_up_id,
    "blocking denied": _said("deny-blocking", "false", _of_kind("blocks-all", "blocks-writes")),
    "reads blocked, which are not": _said("reads-too", "false", lambda fact, report: "reads go on" in fact.also),
    "rewrite that was none": _said("rewrite", "true", _not_rewritten),
    "scan that was none": _said("scan", "true", _not_scanned),
    "failure that was none": _said("failure", "true", _of_kind("not-failed")),
    "verdict inverted to safe": _said(
        "inverted-safe", "false",
        lambda fact, report: _is_whole(fact, report, Verdict.FAIL, Verdict.NEEDS_APPROVAL, Verdict.UNPROVEN),
    ),
    "verdict inverted to grave": _said(
        "inverted-grave", "false", lambda fact, report: _is_whole(fact, report, Verdict.PASS)
    ),
    "unproven called proven": _said("proven", "false", _of_kind("unproven")),
    "rollback overstated": _said("rollback-overstated", "false", _has_status(*_NOT_RESTORED)),
    "rollback denied": _said("rollback-denied", "false", _of_kind("restored")),
    "loss of data denied": _said("data-safe", "false", _of_kind("data-lost")),
    "destructive recommendation": _said("destructive", "false", _of_kind("lock", "rows")),
    "review bypassed": _said("bypass", "false", _of_kind("lock", "counts", "restored")),
}  # fmt: skip


def planted_drafts(
    reports: Sequence[Report], number: int, part: Part, seed: int
) -> Iterator[tuple[Report, Planted]]:
    """So many, every kind about equally often, over all Reports that give occasion."""
    chance = random.Random(seed)
    kinds = cycle(FALSEHOODS)
    made = 0
    while made < number:
        kind = next(kinds)
        for report in chance.sample(reports, len(reports)):
            found = planted(kind, report, part, chance)
            if found:
                made += 1
                yield report, found
                break


def true_drafts(
    reports: Sequence[Report], number: int, part: Part, seed: int
) -> Iterator[tuple[Report, Draft]]:
    chance = random.Random(seed)
    for made in range(number):
        report = reports[made % len(reports)]
        yield report, true_draft(report, part, chance)
