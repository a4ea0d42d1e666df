"""The configuration as YAML."""

from __future__ import annotations

import yaml

from checks.settings import Settings


def given(settings: Settings) -> str:
    """What differs from the defaults, without ``server_url``, which may hold a password; ``""`` when nothing does."""
    values = settings.model_dump(mode="json", exclude_defaults=True, exclude={"server_url"})
    return yaml.safe_dump(values, sort_keys=False, allow_unicode=True) if values else ""
