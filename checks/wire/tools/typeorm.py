"""TypeORM; give the data source as -d in `migrate` and `rollback`."""

from checks.wire.tools.tool import Tool

TOOL = Tool("typeorm", migrate="npx typeorm migration:run", rollback="npx typeorm migration:revert")
