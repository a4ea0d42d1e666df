"""What is constant is evaluated, what is not is said with its line, and the rest goes on."""

from __future__ import annotations

import random
import re

import pytest
from test_adapter import CHANGES, OBJECTS
from translating import down, dynamic, module, translated, up

from checks.ecto.project import Project
from checks.ecto.settings import RepoSettings
from checks.ecto.translate import translate
from checks.elixir.show import float_text

CONSTANT = [
    ('for {t, i} <- Enum.with_index(~w(a b)), do: execute("#{t}#{i}", "")', ["a0", "b1"]),
    ('for a <- [1, 2], b <- 1..2, a != b, do: execute("#{a}#{b}", "")', ["12", "21"]),
    ('Enum.each(~w(a b), &execute("x#{&1}", ""))', ["xa", "xb"]),
    ('~w(a b) |> Enum.map_join(", ", &"\'#{&1}\'") |> execute("")', ["'a', 'b'"]),
    ('x = if direction() == :up, do: "u", else: "d"\nexecute(x, x)', ["u"]),
    ('case {1, [a: 2]} do\n{1, [a: n]} when n > 1 -> execute("#{n}", "")\nend', ["2"]),
    ('execute("""\n    a\n      b \\\n    c\n    """, "")', ["a\n  b c\n"]),
    ('execute(~S(\\d #{x}), "")', ["\\d #{x}"]),
    ('execute(String.replace("a  b", ~r/\\s+/, " "), "")', ["a b"]),
    ('execute(fn -> repo().query!("q") end, fn -> :ok end)', ["q"]),
    ('with {:ok, x} <- {:ok, "w"}, do: execute(x, "")', ["w"]),
    ('execute(Enum.reduce([1, 2, 3], 0, fn x, sum -> sum + x end) |> to_string(), "")', ["6"]),
    ('%{b: x} = Map.merge(%{a: 1}, %{b: 2})\nexecute("#{x}", "")', ["2"]),
    ('cond do\n1 > 2 -> execute("no", "")\ntrue -> execute("yes", "")\nend', ["yes"]),
]


@pytest.mark.parametrize(("body", "expected"), CONSTANT)
def test_constant(body: str, expected: list[str]) -> None:
    assert up(body) == expected


def test_attributes_have_the_value_that_they_had_where_they_are_read() -> None:
    body = '@a "1"\ndef up do\nexecute @a\nb()\nend\n@a "2"\ndefp b, do: execute(@a)\ndef down, do: :ok'
    assert up(body) == ["1", "2"]


def test_functions_with_defaults_guards_and_clauses() -> None:
    body = (
        'def change do\nf(:a)\nf("b", "z")\nend\n'
        'defp f(x, y \\\\ "y")\ndefp f(x, y) when is_atom(x), do: execute("atom #{x}#{y}", "")\n'
        'defp f(x, y), do: execute("string #{x}#{y}", "")'
    )
    assert up(body) == ["atom ay", "string bz"]


def test_queries_go_before_what_is_queued_and_callbacks_around_it() -> None:
    body = 'def after_begin, do: execute("first", "")\ndef change do\ncreate table(:t)\nrepo().query!("now")\nend'
    assert up(body) == ["first", "now", 'CREATE TABLE "t" ("id" bigserial, PRIMARY KEY ("id"))']
    assert up(f"@disable_ddl_transaction true\n{body}")[0] == "now"


def test_a_change_goes_backwards() -> None:
    assert down('execute "a", "b"\nexecute "c", "d"') == ["d", "b"]


CHANGES_OF_TABLES = [(f"alter table(:t) do\n{change}\nend", "") for change, _, _ in CHANGES]
DYNAMIC = [
    ('execute(System.get_env("X"))', "`System.get_env` asks the machine that it runs on"),
    ("MyApp.Accounts.fix()", "`MyApp.Accounts.fix/0` is code that is not in this file"),
    ('x = repo().query!("q")\nexecute(x.rows)', "what a query answers is known only when it runs"),
    ("helper(1)", "`helper/1` is not a function of this file"),
    ('try do\nexecute("a")\nrescue\n_ -> :ok\nend', "what `try` does depends on what fails when it runs"),
]


@pytest.mark.parametrize(("body", "reason"), DYNAMIC)
def test_what_is_not_constant_is_said_and_the_rest_goes_on(body: str, reason: str) -> None:
    found = translated(f'{body}\nexecute "after", ""').up
    assert (found.dynamic[-1].reason, found.sent[-1].sql) == (reason, "after")


def test_the_line_is_the_one_of_the_unknown_part() -> None:
    assert dynamic('execute "a", ""\n\nMyApp.fix()') == [
        (6, "`MyApp.fix/0` is code that is not in this file")
    ]


def test_a_table_of_which_one_column_is_not_constant_is_left_out_whole() -> None:
    found = translated("create table(:t) do\nadd :a, :text\nadd :b, MyApp.type()\nend\ncreate table(:u)").up
    assert [sent.sql for sent in found.sent] == ['CREATE TABLE "u" ("id" bigserial, PRIMARY KEY ("id"))']
    assert [part.line for part in found.dynamic] == [6]


def test_files_and_helpers_of_the_project() -> None:
    files = {
        "priv/x.sql": "SELECT 1",
        "lib/my_app/helper.ex": "defmodule MyApp.Helper do\ndef f(x), do: Ecto.Migration.execute(x, x)\nend",
    }
    project = Project("priv/repo/migrations", files.get)
    body = 'import MyApp.Helper\ndef change do\nf(File.read!(Path.join([__DIR__, "..", "..", "x.sql"])))\nend'
    assert [sent.sql for sent in translated(body, project=project).up.sent] == ["SELECT 1"]


def test_each_statement_has_the_lines_of_its_call() -> None:
    found = translated('create table(:t) do\nadd :a, :text\nend\nexecute """\nx\n""", ""').up
    assert [(sent.line, sent.end_line, sent.sql_line) for sent in found.sent] == [(4, 6, 0), (7, 9, 8)]


HOSTILE = [
    'for i <- 1..1_000_000, do: execute("#{i}", "")',
    'for i <- 1..90_000, j <- 1..90_000, do: execute("#{i}", "")',
    'x = Enum.reduce(1..100, "ab", fn _, a -> a <> a end)',
    "x = Enum.reduce(1..100000, 2, fn _, a -> a * a end)",
    'x = String.duplicate("x", 10_000_000_000)',
    'Enum.map(1..90000, fn _ -> String.duplicate("a", 900000) end)',
    "f = fn f -> f.(f) end\nf.(f)",
    "x = " + "[" * 5000 + "]" * 5000,
    "if true do\n" * 400 + "end\n" * 400,
    "x = Enum.uniq(Enum.to_list(1..99_999)) -- Enum.to_list(1..99_999)\nMyApp.x()",
    'x = String.replace(String.duplicate("a", 50000), ~r/(a|a)+(a|a)+b/, "")',
    "create table(:a do",
    "\0",
]


@pytest.mark.parametrize("body", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.timeout(60)
def test_hostile_files_end_soon_with_a_sentence(body: str) -> None:
    found = translated(body)
    assert found.up.dynamic
    assert found.up.sent == ()


VALUES = [
    "nil",
    "1",
    '"x"',
    ":a",
    "[]",
    "[1]",
    "{:a, 1}",
    "%{}",
    "fn -> 1 end",
    "&(&1)",
    "1..3",
    "table(:y)",
    "A.B",
    "#{",
    ")",
    "end",
]


def test_no_file_is_one_that_raises() -> None:
    """Whatever value or mistake stands where another was meant."""
    choose = random.Random(1)
    bodies = [module(body) for body, _ in (*CONSTANT, *OBJECTS, *CHANGES_OF_TABLES)]
    for _ in range(3_000):
        text = choose.choice(bodies)
        places = list(re.finditer(r":\w+|\"[^\"]*\"|\d+|\[[^][]*\]|\w+|[(){}]", text))
        for place in sorted(choose.sample(places, 2), key=lambda one: -one.start()):
            text = text[: place.start()] + choose.choice(VALUES) + text[place.end() :]
        translate(text, RepoSettings())


@pytest.mark.timeout(60)
def test_a_file_of_5000_lines() -> None:
    body = "\n".join(f"create table(:t{n}) do\nadd :a, :text\nend" for n in range(1700))
    assert len(translate(module(body), RepoSettings()).up.sent) == 1700


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0.1, "0.1"),
        (1.5, "1.5"),
        (1e10, "1.0e10"),
        (1e-7, "1.0e-7"),
        (1000.0, "1.0e3"),
        (123456.0, "123456.0"),
        (-0.001, "-0.001"),
        (0.00012, "1.2e-4"),
        (123456789012345680.0, "1.2345678901234568e17"),
        (0.0, "0.0"),
    ],
)
def test_floats_as_erlang_writes_them(number: float, text: str) -> None:
    assert float_text(number) == text
