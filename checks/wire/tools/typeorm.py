"""TypeORM; with another data source, or one in TypeScript, `migrate` and `rollback` say so themselves."""

from checks.wire.tools.tool import Tool

TOOL = Tool(
    "typeorm",
    migrate="npx --no-install typeorm migration:run -d data-source.js",
    rollback="npx --no-install typeorm migration:revert -d data-source.js",
    asks="npx --no-install typeorm version",
    install="Run `npm install` in {folder}: it fetches TypeORM and pg. npm comes with Node.js.",
    shown_by="data-source.js",
)
