"""Flyway; its 'undo' is not part of the free edition."""

from checks.wire.tools.tool import Tool

TOOL = Tool(
    "flyway",
    migrate="flyway migrate",
    asks="flyway --version",
    install="Put Flyway's command line on the PATH: org.flywaydb:flyway-commandline, as .tar.gz with its own Java or as .zip.",
)
