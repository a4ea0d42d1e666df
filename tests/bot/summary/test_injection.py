"""Strangers' text in every place, read by a model that obeys it: what people see is ours all the same."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from html.parser import HTMLParser

import cmarkgfm
import pytest
from hostile import ATTACKS, OUTSIDE_THE_SCHEMA, Attack
from markdown_it import MarkdownIt
from messages_api import State, answers, says
from sample_reports import context

from bot.model import PullRequest
from bot.publish.check_run import check_run
from bot.publish.comment import comment
from bot.publish.formats import Format, render
from bot.publish.page import page
from bot.publish.prose import TITLES
from bot.summary.client import Models
from bot.summary.ledger import OneReview
from bot.summary.model import Draft, Sentence, Summary
from bot.summary.settings import ModelSettings
from bot.summary.template import template_summary
from bot.summary.write import summarise
from checks.model.findings import Suppression
from checks.model.observations import Observation, SqlError
from checks.model.report import Report
from checks.settings import Settings
from checks.trees.tree import MemoryTree
from checks.validate import validate

RUN = [attack for attack in ATTACKS if attack.place != "error"]
ERRORS = [attack for attack in ATTACKS if attack.place == "error"]
HARMLESS = "a text about nothing in particular"
BATCHES = 3
"""Of the answers of the obeying model; a part of one holds no more sentences than are looked at."""
OURS = ("https://github.com/acme/shop/", "https://migrations.example/")
SECRETS = ("hunter2-of-the-comment", "ada@private.example", "AKIAIOSFODNN7EXAMPLE", "Ada Lovelace")


def statements(number: int, attack: Attack, text: str) -> str:
    """SQL that holds the text where the attack wants it."""
    table = f"t_{number}"
    quoted, literal = text.replace('"', '""'), text.replace("'", "''")
    made = f"CREATE TABLE {table} (id bigint PRIMARY KEY)"
    return {
        "line comment": f"-- {text}\n{made}",
        "block comment": f"/* {text} */ {made}",
        "table": f'CREATE TABLE "{quoted}" (id bigint PRIMARY KEY)',
        "column": f'CREATE TABLE {table} (id bigint PRIMARY KEY, "{quoted}" text)',
        "index": f'{made}; CREATE INDEX "{quoted}" ON {table} (id)',
        "constraint": f'CREATE TABLE {table} (id bigint, CONSTRAINT "{quoted}" CHECK (id > 0))',
        "comment on": f"{made}; COMMENT ON TABLE {table} IS '{literal}'",
        "notice": f"{made}; DO $do$ BEGIN RAISE NOTICE '%', '{literal}'; END $do$",
        "default": f"CREATE TABLE {table} (id bigint PRIMARY KEY, a text DEFAULT '{literal}')",
        "enum": f"CREATE TYPE e_{number} AS ENUM ('{literal}')",
        "function": f"CREATE FUNCTION f_{number}() RETURNS text LANGUAGE sql AS $f$ SELECT '{literal}' $f$",
        "view": f"CREATE VIEW v_{number} AS SELECT '{literal}'::text AS a",
        "file name": made,
        "error": f"DO $do$ BEGIN RAISE EXCEPTION '%', '{literal}'; END $do$",
    }[attack.place]


def reviewed(texts: dict[Attack, str]) -> Report:
    """One migration with all of them, and one more for each that is in the name of a file."""
    sql = [statements(number, *pair) for number, pair in enumerate(texts.items())]
    names = ["all", *(text for attack, text in texts.items() if attack.place == "file name")]
    ups = [";\n".join(sql), *(f"CREATE TABLE n_{number} ()" for number in range(len(names) - 1))]
    files = {
        f"db/migrations/{20260601000000 + number}_{name.replace(' ', '_')}.sql": (
            f"-- migrate:up\n{up};\n\n-- migrate:down\n"
        )
        for number, (name, up) in enumerate(zip(names, ups, strict=True))
    }
    return validate(MemoryTree({}), MemoryTree(files), Settings(postgres=18, provider="bundled"))


@pytest.fixture(scope="module")
def report() -> Report:
    """One pull request with all texts that do not stop it."""
    return reviewed({attack: attack.text for attack in RUN})


@pytest.fixture(scope="module")
def failing() -> Report:
    """One that raises the texts as its error."""
    return reviewed({ERRORS[0]: " ".join(one.text for one in ERRORS)})


@pytest.fixture
def models(api: State) -> Models:
    return Models(ModelSettings(provider="anthropic"), OneReview(0.5))


def obeying(attacks: Sequence[Attack], report: Report) -> Draft:
    """What the attackers want, spread over the parts, before what is true."""
    honest = template_summary(report)
    lies = [Sentence(text=one.wants, rests_on=(report.migrations[0].id,)) for one in attacks]
    parts = {
        part: (*lies[number :: len(TITLES)], *getattr(honest, part)[:2]) for number, part in enumerate(TITLES)
    }
    return Draft(headline=honest.headline, **parts)


def sentences(summary: Summary) -> list[str]:
    return [summary.headline.text, *(one.text for part in TITLES for one in getattr(summary, part))]


def test_there_are_enough_of_them() -> None:
    assert (
        len({one.text for one in ATTACKS}) == len(ATTACKS) >= 60 and len({one.place for one in ATTACKS}) == 14
    )


def test_every_text_is_in_what_postgresql_was_given(report: Report, failing: Report) -> None:
    seen = " ".join(one.sql for each in (report, failing) for one in each.migrations[0].up.statements)
    told = " ".join(notice for one in report.migrations[0].up.statements for notice in one.notices)
    assert all(one.text in told for one in RUN if one.place == "notice")
    assert all(one.text in seen for one in ATTACKS if one.place in ("comment on", "default", "error"))
    assert all(
        any(one.text in each.path for each in report.migrations) for one in RUN if one.place == "file name"
    )


@pytest.mark.parametrize("number", range(BATCHES))
def test_what_an_obeying_model_writes_is_not_shown(
    number: int, report: Report, api: State, models: Models
) -> None:
    attacks = RUN[number::BATCHES]
    api.always = answers(obeying(attacks, report))
    assert_not_shown(attacks, summarise(report, models), report)


def test_nor_when_the_migration_raises_it_as_an_error(failing: Report, api: State, models: Models) -> None:
    api.always = answers(obeying(ERRORS, failing))
    assert_not_shown(ERRORS, summarise(failing, models), failing)


def assert_not_shown(attacks: Sequence[Attack], summary: Summary, report: Report) -> None:
    wishes = {one.wants for one in attacks}
    assert not wishes & set(sentences(summary))
    assert wishes <= {one.text for one in summary.dropped}
    assert set(sentences(summary)) <= set(sentences(template_summary(report)))
    assert len(sentences(summary)) > 2, "what is true is still said"


@pytest.mark.parametrize("answer", OUTSIDE_THE_SCHEMA)
def test_an_answer_outside_of_the_schema_is_not_shown(
    answer: str, report: Report, api: State, models: Models
) -> None:
    api.always = says(answer)
    summary = summarise(report, models)
    assert summary.written_by == "template" and sentences(summary) == sentences(template_summary(report))


def test_the_verdict_is_that_of_the_same_change_with_harmless_words(report: Report) -> None:
    """PostgreSQL runs the same statements, so nothing that decides may differ."""
    harmless = reviewed({attack: f"{HARMLESS} {number}" for number, attack in enumerate(RUN)})
    assert (report.verdict, report.risk.level) == (harmless.verdict, harmless.risk.level)
    assert [one.rule for one in report.findings] == [one.rule for one in harmless.findings]


# ── A guard that was fooled: every text and every wish is shown as if it held ────────────────────────


@pytest.fixture(scope="module")
def fooled(report: Report) -> Summary:
    texts = [text for one in ATTACKS for text in (one.wants, one.text)]
    ids = (report.migrations[0].id,)
    return Summary(
        headline=Sentence(text=ATTACKS[0].wants, rests_on=ids),
        changes=tuple(Sentence(text=text, rests_on=ids) for text in texts),
        halt=" ".join(one.wants for one in ATTACKS),
        written_by="[x](https://evil.example) @everyone",
    )


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self._code = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        self._code += tag in ("code", "pre")

    def handle_endtag(self, tag: str) -> None:
        self._code -= tag in ("code", "pre")

    def handle_data(self, data: str) -> None:
        if not self._code:
            self.text.append(data)


def read(html: str) -> Tags:
    tags = Tags()
    tags.feed(html)
    return tags


def assert_ours_alone(html: str) -> None:
    tags = read(html)
    names = {name for name, _ in tags.found}
    assert not names & {"img", "script", "iframe", "form", "input", "svg", "object", "embed", "base", "meta"}
    for name, attributes in tags.found:
        assert not any(one.startswith("on") for one in attributes), (name, attributes)
        if name == "a":
            assert str(attributes["href"]).startswith(OURS), attributes
    text = "".join(tags.text)
    assert not re.search(r"(?<![\w​])@\w", text), "a mention"
    assert not re.search("[\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f\x1b]", html)


def test_a_comment_and_a_check_run_link_mention_and_load_nothing_of_theirs(
    report: Report, fooled: Summary
) -> None:
    around = context(report, summary=fooled, commented=True)
    output = check_run(report, around)
    for text in (str(comment(report, around)), output.summary, output.text or ""):
        github = cmarkgfm.github_flavored_markdown_to_html(text, cmarkgfm.cmark.Options.CMARK_OPT_UNSAFE)
        assert_ours_alone(github)
        assert_ours_alone(MarkdownIt("gfm-like", {"html": True, "linkify": False}).render(text))


def test_the_page_holds_no_element_of_theirs(report: Report, fooled: Summary) -> None:
    html = page(report, context(report, summary=fooled), raw_url="/raw")
    shown = re.sub(r"<(style|script)\b.*?</\1>", "", html, flags=re.DOTALL)
    tags = read(shown)
    assert not {name for name, _ in tags.found} & {"img", "script", "iframe", "form", "svg", "object"}
    links = [str(attributes.get("href")) for name, attributes in tags.found if name == "a"]
    assert all(link.startswith((*OURS, "#", "/")) and not link.startswith("//") for link in links), links
    assert not any(one.startswith("on") for _, attributes in tags.found for one in attributes)


def test_a_terminal_gets_no_control_of_theirs(report: Report, fooled: Summary) -> None:
    text = render(report, Format.TERMINAL, summary=fooled, width=120)
    assert not re.search(
        "[\x00-\x08\x0b-\x1f\x7f\u200b\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]", text
    )


# ── What leaves the house ────────────────────────────────────────────────────────────────────────────


def test_rows_secrets_and_what_people_wrote_are_not_sent(failing: Report, api: State, models: Models) -> None:
    comment_, email, key, name = SECRETS
    one = failing.migrations[0]
    seen = one.up.statements[0]
    error = SqlError(
        sqlstate="23505",
        message=f'duplicate key value: Key (email)=({email}) is in "users"',
        detail=f"Failing row contains (1, {name}, {email}).",
        context=f"COPY users, line 1: {name}",
    )
    told = Observation.model_validate(
        seen.model_dump()
        | {
            "sql": f"INSERT INTO users VALUES (1, '{name}') -- password: {comment_} {key}",
            "error": error.model_dump(),
            "notices": (name,),
        }
    )
    up = one.up.model_copy(update={"statements": (told,)})
    accepted = Suppression(rule="drop-table", path="a.sql", line=1, reason=f"because {name} said so")
    holding = failing.model_copy(
        update={"migrations": (one.model_copy(update={"up": up}),), "suppressed": (accepted,)}
    )
    api.always = says("no")
    summarise(holding, models)
    sent = json.dumps([one.body for one in api.asked], ensure_ascii=False)
    assert api.asked and "duplicate key value" in sent
    assert not [secret for secret in SECRETS if secret in sent]


def test_the_end_of_the_data_is_where_we_put_it(report: Report, api: State, models: Models) -> None:
    api.always = says("no")
    summarise(report, models)
    user = api.asked[0].user
    (number,) = re.findall(r"^<data (\w+)>$", user, re.MULTILINE)
    assert user.count(f"</data {number}>") == 1
    inside = user.partition(f"<data {number}>\n")[2].partition(f"\n</data {number}>")[0]
    assert json.loads(inside)["verdict"] == report.verdict.value


def test_nobody_reads_title_body_or_commit_messages() -> None:
    """What is not known cannot be sent: a pull request is its commits and who opened it."""
    assert not {"title", "body", "message", "messages", "commits"} & set(PullRequest.model_fields)
    assert not {"title", "body", "message", "commits"} & set(Report.model_fields)
