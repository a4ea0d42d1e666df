"""One pull request as the place where people write commands and are answered."""

from __future__ import annotations

from bot.commands.ports import Permission, Reaction
from bot.github.repository import Repository


class Conversation:
    """``bot.commands.ports.GitHub`` for one pull request."""

    def __init__(self, repository: Repository, number: int):
        self._repository = repository
        self.number = number

    def permission(self, login: str) -> Permission:
        return self._repository.permission(login)

    def is_member(self, team: str, login: str) -> bool:
        return self._repository.is_member(team, login)

    def react(self, comment: int, reaction: Reaction) -> None:
        if comment:  # a button has none
            self._repository.react(comment, reaction)

    def reply(self, key: str, body: str) -> None:
        self._repository.reply(self.number, key, body)
