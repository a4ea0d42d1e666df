defmodule Workshop.Repo do
  use AshPostgres.Repo, otp_app: :workshop

  def installed_extensions, do: ["ash-functions"]

  def min_pg_version, do: %Version{major: 15, minor: 0, patch: 0}
end
