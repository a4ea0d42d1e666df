"""Liquibase (update, rollback-count)."""

from checks.wire.tools.tool import Tool

TOOL = Tool(
    "liquibase",
    migrate="liquibase update",
    rollback="liquibase rollback-count {steps}",
    asks="liquibase --version",
    install="Put Liquibase's command line and PostgreSQL's JDBC driver on the PATH and into its lib folder.",
)
