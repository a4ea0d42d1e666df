"""Sequelize (sequelize-cli)."""

from checks.wire.tools.tool import Tool

TOOL = Tool(
    "sequelize",
    migrate="npx --no-install sequelize-cli db:migrate",
    rollback="npx --no-install sequelize-cli db:migrate:undo --name {version}",
    asks="npx --no-install sequelize-cli --version",
    install="Run `npm install` in {folder}: it fetches Sequelize, sequelize-cli and pg. npm comes with Node.js.",
    shown_by=".sequelizerc",
)
