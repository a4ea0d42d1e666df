# elixir -pa … ecto_files.exs ACTIONS: do with the real Ecto what the lines of ACTIONS say, and print what it sends.
#
#   repo <socket folder or host> <port> <user> <password, base64> <database>
#   up|down <path of a migration>
#   sql <base64>
{:ok, _} = Application.ensure_all_started(:postgrex)
{:ok, _} = Application.ensure_all_started(:ecto_sql)
Logger.configure(level: :error)

defmodule Files.Repo do
  use Ecto.Repo, otp_app: :files, adapter: Ecto.Adapters.Postgres
end

defmodule Files do
  def heard(_event, _times, %{query: sql}, _config), do: IO.puts("sent #{Base.encode64(sql)}")

  def act(["repo", host, port, user, password, database]) do
    if pid = Process.whereis(Files.Repo), do: Supervisor.stop(pid)
    place = if String.starts_with?(host, "/"), do: [socket_dir: host], else: [hostname: host]

    {:ok, _} =
      Files.Repo.start_link(
        place ++
          [
            port: String.to_integer(port),
            username: user,
            password: Base.decode64!(password),
            database: database,
            pool_size: 2,
            log: false
          ]
      )

    Ecto.Migrator.migrated_versions(Files.Repo)
  end

  def act([direction, path]) when direction in ["up", "down"] do
    [{module, _}] = for {module, _} = one <- Code.compile_file(path), migration?(module), do: one
    version = path |> Path.basename() |> Integer.parse() |> elem(0)
    IO.puts("#{direction} #{path}")

    try do
      :ok = apply(Ecto.Migrator, String.to_atom(direction), [Files.Repo, version, module, [log: false]])
      IO.puts("done")
    rescue
      error -> IO.puts("raised #{Base.encode64(Exception.message(error))}")
    end
  end

  def act(["sql", sql]), do: Files.Repo.query!(Base.decode64!(sql))

  defp migration?(module), do: function_exported?(module, :__migration__, 0)
end

Code.compiler_options(ignore_module_conflict: true)
:telemetry.attach("files", [:files, :repo, :query], &Files.heard/4, nil)
for line <- File.stream!(hd(System.argv())), do: line |> String.trim() |> String.split(" ") |> Files.act()
