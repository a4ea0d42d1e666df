"""Ears inside of a tool's own process: each statement tells the line that sent it, by the tool's own call stack.

They are for measuring only. Of a Django operation it is the line that made the object (its class is told by ``__new__``).

Rails writes a file; Python's tools put ``/* place FILE:LINE */`` behind the statement's first word, where it is heard on the wire.
"""

RUBY = """# Written by benchmarks/frameworks.
require "active_record"
require "active_record/connection_adapters/abstract_adapter"

module Ear
  def log(sql, *)
    place = caller_locations.find { |one| one.path.include?("/db/migrate/") }
    File.write(ENV.fetch("PLACES"), [place.path, place.lineno, sql.split.join(" ")].join("\\t") + "\\n", mode: "a") if place
    super
  end
end
ActiveRecord::ConnectionAdapters::AbstractAdapter.prepend(Ear)
"""

DJANGO = '''# sitecustomize.py, written by benchmarks/frameworks.
import re
import sys

try:
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor
    from django.db.backends.signals import connection_created
    from django.db.migrations.migration import Migration
    from django.db.migrations.operations.base import Operation
except ImportError:
    Operation = None

FILE = re.compile(r"/migrations/[^/]+\\.py$")
FIRST_WORD = re.compile(r"\\A((?:\\s|--[^\\n]*\\n)*\\w+)")


def place_on_the_stack(frame):
    while frame is not None:
        name = frame.f_code.co_filename
        if FILE.search(name) and "/django/db/" not in name:
            return f"{name}:{frame.f_lineno}"
        frame = frame.f_back
    return ""


class Now:
    place = ""
    deferred = {}


def watched(operation):
    """Notes itself while it runs, and what it leaves for later."""
    forwards = operation.database_forwards

    def database_forwards(app_label, editor, *states):
        before, place, Now.place = len(editor.deferred_sql), Now.place, operation.place
        forwards(app_label, editor, *states)
        for later in editor.deferred_sql[before:]:
            Now.deferred.setdefault(id(later), operation.place)
        Now.place = place

    operation.database_forwards = database_forwards
    for inner in getattr(operation, "database_operations", ()):
        watched(inner)


def say(execute, sql, params, many, context):
    place = place_on_the_stack(sys._getframe(1)) or Now.place
    return execute(FIRST_WORD.sub(rf"\\1 /* place {place} */", sql, count=1) if place else sql, params, many, context)


if Operation is not None:
    new, apply, execute = Operation.__new__, Migration.apply, BaseDatabaseSchemaEditor.execute

    def __new__(cls, *args, **kwargs):
        self = new(cls, *args, **kwargs)
        self.place = place_on_the_stack(sys._getframe(1))
        return self

    def watched_apply(self, state, editor, *args, **kwargs):
        for operation in self.operations:
            watched(operation)
        return apply(self, state, editor, *args, **kwargs)

    def watched_execute(self, sql, params=()):
        before, Now.place = Now.place, Now.deferred.pop(id(sql), Now.place)
        try:
            return execute(self, sql, params)
        finally:
            Now.place = before

    Operation.__new__ = __new__
    Migration.apply = watched_apply
    BaseDatabaseSchemaEditor.execute = watched_execute
    connection_created.connect(lambda connection, **_: connection.execute_wrappers.append(say), weak=False)
'''

ALEMBIC = """# sitecustomize.py, written by benchmarks/frameworks.
import os
import re
import sys

try:
    from sqlalchemy import event
    from sqlalchemy.engine import Engine
except ImportError:
    event = None

FILE = re.compile(os.environ["PLACES"])
FIRST_WORD = re.compile(r"\\A((?:\\s|--[^\\n]*\\n)*\\w+)")


def place_on_the_stack(frame):
    while frame is not None:
        if FILE.search(frame.f_code.co_filename):
            return f"{frame.f_code.co_filename}:{frame.f_lineno}"
        frame = frame.f_back
    return ""


if event is not None:

    @event.listens_for(Engine, "before_cursor_execute", retval=True)
    def say(connection, cursor, statement, parameters, context, many):
        place = place_on_the_stack(sys._getframe(1))
        said = FIRST_WORD.sub(rf"\\1 /* place {place} */", statement, count=1) if place else statement
        return said, parameters
"""

ASK = """# Written by benchmarks/frameworks: what sqlmigrate prints of each migration, on the state before it.
import io
import json
import sys

import django

django.setup()
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

executor = MigrationExecutor(connection)
printed = {}
for migration, _ in executor.migration_plan(executor.loader.graph.leaf_nodes()):
    said = io.StringIO()
    try:
        call_command("sqlmigrate", migration.app_label, migration.name, stdout=said)
    except Exception as error:
        sys.stderr.write(f"{migration}: {error!r}")
    printed[f"{migration.app_label}.{migration.name}"] = said.getvalue()
    MigrationExecutor(connection).migrate([(migration.app_label, migration.name)])
json.dump(printed, open(sys.argv[1], "w"))
"""
