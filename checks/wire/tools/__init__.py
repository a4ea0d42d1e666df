"""How each framework is told to migrate and to go back: one file per framework, found by being there."""

from __future__ import annotations

import pkgutil
from collections.abc import Mapping
from functools import cache
from importlib import import_module

from checks.wire.tools.tool import Tool

__all__ = ["Tool", "known_tools"]


@cache
def known_tools() -> Mapping[str, Tool]:
    """Name → tool, for every module of this package that has one."""
    modules = (import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__))
    tools: list[Tool] = [module.TOOL for module in modules if hasattr(module, "TOOL")]
    return {tool.name: tool for tool in tools}
