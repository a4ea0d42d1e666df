"""Rails (guides: 'Active Record Migrations')."""

from checks.wire.tools.tool import Tool

TOOL = Tool("rails", migrate="bin/rails db:migrate", rollback="bin/rails db:migrate VERSION={to}")
