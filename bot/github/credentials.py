"""Who the App is: from the environment, or from the file that ``/setup`` wrote."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

from pydantic import SecretStr, ValidationError

from bot.model import Model
from checks.errors import UsageError

HINT = "Open the link that `migration serve` prints, or see docs/app.md."
_VARIABLES = {
    "app_id": "GITHUB_APP_ID",
    "slug": "GITHUB_APP_SLUG",
    "private_key": "GITHUB_PRIVATE_KEY",
    "webhook_secret": "GITHUB_WEBHOOK_SECRET",
    "old_webhook_secret": "GITHUB_WEBHOOK_SECRET_OLD",
    "client_id": "GITHUB_CLIENT_ID",
    "client_secret": "GITHUB_CLIENT_SECRET",
}


class Credentials(Model):
    app_id: int
    slug: str
    """The App's name in URLs and mentions; its bot's login is ``<slug>[bot]``."""
    private_key: SecretStr
    webhook_secret: SecretStr
    old_webhook_secret: SecretStr | None = None
    """Accepted, too, while the secret is being changed on GitHub's side."""
    client_id: str = ""
    client_secret: SecretStr = SecretStr("")

    @property
    def webhook_secrets(self) -> tuple[SecretStr, ...]:
        return tuple(secret for secret in (self.webhook_secret, self.old_webhook_secret) if secret)

    @property
    def bot(self) -> str:
        return f"{self.slug}[bot]"


def read_credentials(environment: Mapping[str, str], file: Path) -> Credentials | None:
    """From the environment where it names an App, else from the file; None when there is neither.

    Raises UsageError when they are incomplete, or others may read the file.
    """
    given = {
        name: environment[variable] for name, variable in _VARIABLES.items() if environment.get(variable)
    }
    if "app_id" in given:
        given["private_key"] = given.get("private_key", "").replace("\\n", "\n")
        return _checked(given, "the environment")
    if not file.exists():
        return None
    if file.stat().st_mode & 0o077:
        raise UsageError(f"{file} can be read by others", hint=f"chmod 600 {file}")
    try:
        return _checked(json.loads(file.read_text()), str(file))
    except ValueError as error:
        raise UsageError(f"{file} is no JSON: {error}", hint=HINT) from error


def write_credentials(credentials: Credentials, file: Path) -> None:
    """Into a new file that only this user may read. Raises FileExistsError: one App's key never replaces another's."""
    file.parent.mkdir(parents=True, exist_ok=True)
    values = {
        name: value.get_secret_value() if isinstance(value, SecretStr) else value
        for name, value in credentials
    }
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        json.dump(values, stream, indent=1)


def _checked(values: Mapping[str, object], source: str) -> Credentials:
    try:
        return Credentials.model_validate(values)
    except ValidationError as error:
        names = ", ".join(
            _VARIABLES.get(str(one["loc"][0]), str(one["loc"][0]))
            for one in error.errors(include_input=False)
        )
        raise UsageError(f"{source}: missing or wrong: {names}", hint=HINT) from None
