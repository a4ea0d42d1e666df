defmodule Library.Repo.Migrations.LendForDays do
  use Ecto.Migration

  def up do
    alter table(:loans) do
      add :days, :integer, null: false
    end

    execute """
    UPDATE loans SET days = due_on - inserted_at::date
    """

    Library.Repo.update_all(Library.Loan, set: [days: 28])
  end

  def down do
    alter table(:loans) do
      remove :days
    end
  end
end
