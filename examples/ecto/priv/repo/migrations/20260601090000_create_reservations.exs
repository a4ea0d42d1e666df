defmodule Library.Repo.Migrations.CreateReservations do
  use Ecto.Migration

  def change do
    create table(:reservations) do
      add :book_id, references(:books, on_delete: :delete_all), null: false
      add :reader_id, references(:readers, on_delete: :delete_all), null: false
      timestamps(updated_at: false)
    end

    create index(:reservations, [:book_id])
    create unique_index(:reservations, [:reader_id, :book_id])
  end
end
