"""Flyway; its 'undo' is not part of the free edition."""

from checks.wire.tools.tool import Tool

TOOL = Tool("flyway", migrate="flyway migrate")
