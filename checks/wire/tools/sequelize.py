"""Sequelize (sequelize-cli)."""

from checks.wire.tools.tool import Tool

TOOL = Tool("sequelize", migrate="npx sequelize-cli db:migrate", rollback="npx sequelize-cli db:migrate:undo")
