defmodule Library.Repo.Migrations.TextTitles do
  use Ecto.Migration

  def change do
    alter table(:books) do
      modify :title, :text, null: false
      remove :shelf
    end
  end
end
