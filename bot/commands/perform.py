"""Carry out the commands of a comment: seen, done or refused, said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from markupsafe import Markup

from bot.commands.command import Call, Command, Refused
from bot.commands.grammar import Line, read_commands
from bot.commands.permissions import expect_permission
from bot.commands.ports import Comment, GitHub, Reaction, Records, Reviews
from bot.commands.registry import all_commands, nearest
from bot.model import PullRequest
from bot.publish.escape import markdown_code, markdown_text
from checks.errors import MigrationError
from checks.settings import Settings

UNKNOWN = "There is no command {word}. {meant}"
MEANT = "Did you mean `/migration {word}`?"
HELP = "`/migration help` lists them."


def commands_of(comment: Comment, bot: str) -> tuple[Line, ...]:
    """The commands of a new comment; none when a bot wrote it, this one included."""
    return () if comment.by_bot else read_commands(comment.body, bot)


def key_of(comment: Comment, line: Line) -> str:
    """The same for the same command, however often GitHub tells of it."""
    return f"{comment.id}:{line.number}"


def acknowledge(comment: Comment, github: GitHub) -> None:
    """👀, before anything else is done."""
    github.react(comment.id, Reaction.EYES)


def perform(
    line: Line,
    comment: Comment,
    pull_request: PullRequest,
    settings: Settings,
    *,
    today: date,
    github: GitHub,
    records: Records,
    reviews: Reviews,
    commands: Mapping[str, Command] | None = None,
) -> bool:
    """Carry out one command; whether it was. Doing it twice changes nothing and says nothing twice.

    ``settings`` are those of the base branch. ``pull_request`` is as it is now. ``commands`` are those that can be
    carried out here (None: all).
    """
    call = Call(
        arguments=line.arguments,
        text=line.text,
        key=key_of(comment, line),
        comment=comment,
        pull_request=pull_request,
        settings=settings,
        today=today,
        github=github,
        records=records,
        reviews=reviews,
    )
    try:
        done, said, reaction = True, _run(line.word, call, commands or all_commands()), Reaction.GOOD
    except Refused as refusal:
        done, said, reaction = False, Markup(refusal), Reaction.BAD
    except MigrationError as error:
        done, said, reaction = False, Markup(markdown_text(" ".join(_sentences(error)))), Reaction.BAD
    if said is not None:
        github.reply(call.key, _quoting(line, said))
    github.react(comment.id, reaction)
    return done


def _run(word: str, call: Call, commands: Mapping[str, Command]) -> Markup | None:
    command = commands.get(word)
    if command is None:
        meant = nearest(word)
        raise Refused(
            UNKNOWN.format(word=markdown_code(word), meant=MEANT.format(word=meant) if meant else HELP)
        )
    expect_permission(call, command.who)
    return command.run(call).reply


def _quoting(line: Line, said: Markup) -> str:
    return f"> {markdown_code(line.text)}\n\n{said}\n"


def _sentences(error: MigrationError) -> Iterator[str]:
    yield f"{error}."
    if error.hint:
        yield error.hint
