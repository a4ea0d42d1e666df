"""Rails (guides: 'Active Record Migrations'). It would write the schema into a file of the work tree: not for us."""

from checks.wire.tools.tool import Tool

TOOL = Tool(
    "rails",
    migrate="bin/rails db:migrate SCHEMA=/dev/null",
    rollback="bin/rails db:migrate:down VERSION={version} SCHEMA=/dev/null",
    asks="ruby -e \"require 'rails'; require 'active_record'; require 'pg'\"",
    install="`apt install ruby-railties ruby-activerecord ruby-pg` installs Rails and pg; so does `bundle install`.",
    shown_by="bin/rails",
)
