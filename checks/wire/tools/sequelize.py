"""Sequelize (sequelize-cli)."""

from checks.wire.tools.tool import Tool

TOOL = Tool(
    "sequelize",
    migrate="npx --no-install sequelize-cli db:migrate",
    rollback="npx --no-install sequelize-cli db:migrate:undo --name {version}",
)
