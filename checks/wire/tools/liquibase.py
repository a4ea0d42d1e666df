"""Liquibase (rollback-count)."""

from checks.wire.tools.tool import Tool

TOOL = Tool("liquibase", migrate="liquibase update", rollback="liquibase rollback-count {steps}")
