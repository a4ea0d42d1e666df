import Config

config :library, ecto_repos: [Library.Repo]

config :library, Library.Repo,
  migration_primary_key: [type: :identity],
  migration_foreign_key: [type: :identity],
  migration_timestamps: [type: :utc_datetime_usec]
