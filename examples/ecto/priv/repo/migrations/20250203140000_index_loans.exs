defmodule Library.Repo.Migrations.IndexLoans do
  use Ecto.Migration

  @disable_ddl_transaction true
  @disable_migration_lock true

  def change do
    for column <- [:book_id, :reader_id] do
      create index(:loans, [column], concurrently: true)
    end
  end
end
