# elixir format_check.exs FOLDER: which of its .exs files would `mix format` change? The calls without parentheses are
# those that ecto_sql exports, the line length is the default one.
ecto_sql = [
  add: 2,
  add: 3,
  add_if_not_exists: 2,
  add_if_not_exists: 3,
  alter: 2,
  create: 1,
  create: 2,
  create_if_not_exists: 1,
  create_if_not_exists: 2,
  drop: 1,
  drop: 2,
  drop_if_exists: 1,
  drop_if_exists: 2,
  execute: 1,
  execute: 2,
  modify: 2,
  modify: 3,
  remove: 1,
  remove: 2,
  remove: 3,
  remove_if_exists: 1,
  remove_if_exists: 2,
  rename: 2,
  rename: 3,
  timestamps: 1
]

files = Path.wildcard(Path.join(hd(System.argv()), "**/*.exs"))

changed =
  for file <- files,
      text = File.read!(file),
      wanted = [Code.format_string!(text, locals_without_parens: ecto_sql), "\n"],
      IO.iodata_to_binary(wanted) != text,
      do: file

IO.puts("Elixir #{System.version()}: #{length(files) - length(changed)} of #{length(files)} files are formatted")
Enum.each(changed, &IO.puts("changed #{&1}"))
