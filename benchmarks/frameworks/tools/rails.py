"""Rails applications of public repositories: their db/migrate, run by the ActiveRecord that is installed.

Of an application only its migrations are there. What is not: its gems, and its models, for which a plain model of the same
name stands in (its table is the one that Rails' naming gives it). A migration written for a newer ActiveRecord than the
installed one runs with the newest rules that this one knows; a migration that calls what it does not know ends the run.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator

from benchmarks.frameworks.install import work_tree
from benchmarks.frameworks.project import Framework, NotHere, Places, Project

_APPLICATION = """# Written by benchmarks/frameworks.
require "rails"
require "active_record/railtie"

class Application < Rails::Application
  config.root = __dir__
  config.eager_load = false
  config.logger = Logger.new(nil)
  config.secret_key_base = "none"
  config.paths["db/migrate"] = [ENV.fetch("MIGRATIONS")]
  config.active_record.dump_schema_after_migration = false
end
"""
_ENVIRONMENT = """require_relative "../application"
Application.initialize!

class << ActiveRecord::Migration
  NEWEST = ActiveRecord::Migration.current_version

  def [](version)
    ActiveRecord::Migration::Compatibility.find([version.to_f, NEWEST].min)
  end
end

module Models
  def const_missing(name)
    return super if ActiveRecord::Migration::Compatibility.const_defined?(name) || name.to_s !~ /[a-z]/
    model = Class.new(ActiveRecord::Base) { self.inheritance_column = nil }
    Object.const_set(name, model)
  end
end
Object.singleton_class.prepend(Models)

# What newer versions and a gem (strong_migrations) have, as far as the migrations of these repositories use it.
module Newer
  def index_name(table, options)
    name = super
    name.length > 63 ? "idx_on_#{Digest::SHA256.hexdigest(name)[0, 20]}" : name
  end

  def create_enum(name, values)
    execute "CREATE TYPE #{quote_table_name(name)} AS ENUM (#{values.map { |value| quote(value) }.join(", ")})"
  end
end
require "active_record/connection_adapters/postgresql_adapter"
ActiveRecord::ConnectionAdapters::PostgreSQLAdapter.prepend(Newer)

class ActiveRecord::Migration
  def safety_assured
    yield
  end
end

class ApplicationRecord < ActiveRecord::Base
  self.abstract_class = true
end

module Gemcutter
  MAX_FIELD_LENGTH = 255
  MAX_TEXT_FIELD_LENGTH = 64_000
end
ENV.fetch("INITIALIZERS").split.each { |file| require file }
"""
_RAKEFILE = """require_relative "application"
Application.load_tasks
"""
_DATABASE = "development: { adapter: postgresql }  # and what DATABASE_URL says\n"
_INITIALIZERS = "config/initializers"
_REPOSITORIES = {
    "rubygems/rubygems.org": ("inflections.rb",),
    "openstreetmap/openstreetmap-website": ("abstract_adapter.rb", "migrate.rb"),
    "maybe-finance/maybe": (),
    "docusealco/docuseal": (),
}
"""With those of their initializers that their migrations need."""


def _projects(places: Places) -> Iterator[Project | NotHere]:
    _check()
    for repository in _REPOSITORIES:
        try:
            yield _project(places, repository)
        except NotHere as reason:
            yield reason


def _check() -> None:
    for program in ("ruby", "rake"):
        if shutil.which(program) is None:
            raise NotHere(f"{program} is not installed")
    gems = ["ruby", "-e", "require 'rails'; require 'active_record'; require 'pg'"]
    done = subprocess.run(gems, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotHere(f"Rails, ActiveRecord and pg are wanted: {done.stderr.strip()[-200:]}")


def _project(places: Places, repository: str) -> Project:
    needed = [f"{_INITIALIZERS}/{name}" for name in _REPOSITORIES[repository]]
    files = work_tree(places, repository, "db/migrate", *needed)
    folder = places.cache / f"rails-{repository.replace('/', '+')}"
    (folder / "config").mkdir(parents=True, exist_ok=True)
    (folder / "application.rb").write_text(_APPLICATION)
    (folder / "config/environment.rb").write_text(_ENVIRONMENT)
    (folder / "Rakefile").write_text(_RAKEFILE)
    (folder / "config/database.yml").write_text(_DATABASE)
    return Project(
        repository=repository,
        folder=folder,
        migrate=("rake", "db:migrate"),
        files=files,
        more=lambda where: {
            "DATABASE_URL": f"postgresql:/{where['PGDATABASE']}",  # and what libpq reads
            "INITIALIZERS": " ".join(str(files / name) for name in needed),
            "MIGRATIONS": str(files / "db/migrate"),
            "RAILS_ENV": "development",
        },
        extensions=("hstore", "pgcrypto", "btree_gist"),
    )


FRAMEWORK = Framework("rails", _projects)
