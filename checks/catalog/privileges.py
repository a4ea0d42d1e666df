"""Access privileges as a property that can be compared and read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from checks.catalog.schema import Scalar

Grant: TypeAlias = tuple[str | None, bool, str, bool]
"""Quoted role (None: PUBLIC), whether it is the owner, privilege, whether with grant option."""


def describe(facts: Mapping[str, Any]) -> dict[str, Scalar]:
    """The property ``privileges`` of an object; none for one that has its default privileges."""
    if "grants" not in facts:
        return {}
    granted = text(facts["grants"] or [])
    return {} if granted == text(facts["default_grants"] or []) else {"privileges": granted or "none"}


def text(grants: list[Grant]) -> str:
    """``owner: INSERT, SELECT; reader: SELECT (grantable)``"""
    roles: dict[str, list[str]] = {}
    for role, is_owner, privilege, grantable in grants:
        name = "owner" if is_owner else role or "PUBLIC"
        roles.setdefault(name, []).append(
            f"{privilege} (grantable)" if grantable and not is_owner else privilege
        )
    return "; ".join(f"{role}: {', '.join(sorted(roles[role]))}" for role in sorted(roles))
