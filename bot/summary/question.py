"""A question as the Messages API takes it, and the name by which its answer is found again."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pydantic import ValidationError

from bot.model import Model
from bot.summary.settings import Role

MOST_OUTPUT = {Role.QUICK: 6_000, Role.DEEP: 16_000}
"""Tokens of one answer, the model's thinking included."""
EFFORT = {Role.QUICK: "low", Role.DEEP: "medium"}


@dataclass(frozen=True)
class Question:
    model: str
    role: Role
    system: str
    """The same for every question of its kind, so that the provider's cache can keep it."""
    user: str
    schema: type[Model]

    @property
    def most_output(self) -> int:
        return MOST_OUTPUT[self.role]

    @cached_property
    def counted(self) -> dict[str, Any]:
        """What ``count_tokens`` wants to see."""
        from anthropic import transform_schema

        format = {"type": "json_schema", "schema": transform_schema(self.schema)}
        system = {"type": "text", "text": self.system, "cache_control": {"type": "ephemeral"}}
        return {
            "model": self.model,
            "system": [system],
            "messages": [{"role": "user", "content": self.user}],
            "output_config": {"effort": EFFORT[self.role], "format": format},
        }

    @property
    def asked(self) -> dict[str, Any]:
        """What ``messages.create`` wants to see: no tools, no sampling, no prefilled answer."""
        return {**self.counted, "max_tokens": self.most_output}

    @cached_property
    def key(self) -> str:
        """SHA-256 of all that decides the answer, in hexadecimal: the report as it is sent, the prompt, the model."""
        return hashlib.sha256(json.dumps(self.asked, sort_keys=True).encode()).hexdigest()

    @property
    def characters(self) -> int:
        return len(json.dumps(self.counted, ensure_ascii=False))

    def is_answered_by(self, text: str) -> bool:
        """Whether ``text`` is JSON of the schema: the provider does not enforce lengths and numbers."""
        try:
            self.schema.model_validate_json(text)
        except ValidationError:
            return False
        return True
