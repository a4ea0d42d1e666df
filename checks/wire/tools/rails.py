"""Rails (guides: 'Active Record Migrations'). It would write the schema into a file of the work tree: not for us."""

from checks.wire.tools.tool import Tool

TOOL = Tool(
    "rails",
    migrate="bin/rails db:migrate SCHEMA=/dev/null",
    rollback="bin/rails db:migrate:down VERSION={version} SCHEMA=/dev/null",
)
