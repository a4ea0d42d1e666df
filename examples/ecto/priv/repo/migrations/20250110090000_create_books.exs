defmodule Library.Repo.Migrations.CreateBooks do
  use Ecto.Migration

  def change do
    create table(:books) do
      add :title, :string, null: false
      add :isbn, :string, size: 13
      add :shelf, :string
      timestamps()
    end

    create unique_index(:books, [:isbn])
  end
end
