defmodule Library.Repo.Migrations.CreateReadersAndLoans do
  use Ecto.Migration

  def change do
    create table(:readers) do
      add :name, :string, null: false
      add :email, :string, null: false
      add :phone, :string
      timestamps()
    end

    create table(:loans) do
      add :book_id, references(:books, on_delete: :restrict), null: false
      add :reader_id, references(:readers, on_delete: :delete_all), null: false
      add :due_on, :date, null: false
      timestamps(updated_at: false)
    end
  end
end
