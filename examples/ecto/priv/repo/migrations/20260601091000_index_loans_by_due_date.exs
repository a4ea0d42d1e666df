defmodule Library.Repo.Migrations.IndexLoansByDueDate do
  use Ecto.Migration

  @disable_ddl_transaction true

  def change do
    create index(:loans, [:due_on], concurrently: true)
  end
end
