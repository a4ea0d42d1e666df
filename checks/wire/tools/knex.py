"""Knex (its migration CLI). ``npx --no-install``: what is not installed is not fetched."""

from checks.wire.tools.tool import Tool

TOOL = Tool(
    "knex",
    migrate="npx --no-install knex migrate:latest",
    rollback="npx --no-install knex migrate:down {version}",
    asks="npx --no-install knex --version",
    install="Run `npm install` in {folder}: it fetches Knex and pg. npm comes with Node.js.",
    shown_by="knexfile.js",
)
