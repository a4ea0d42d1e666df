defmodule Workshop.Repair do
  use Ash.Resource, domain: Workshop, data_layer: AshPostgres.DataLayer

  postgres do
    table "repairs"
    repo Workshop.Repo

    references do
      reference :bike, index?: true
    end

    custom_indexes do
      index [:state, :inserted_at]
    end

    check_constraints do
      check_constraint :price, "price_not_negative", check: "price >= 0"
    end
  end

  attributes do
    uuid_primary_key :id
    attribute :state, :string, allow_nil?: false, default: "open"
    attribute :notes, :string
    attribute :price, :decimal
    attribute :estimate, :integer, allow_nil?: false, default: 0
    timestamps()
  end

  relationships do
    belongs_to :bike, Workshop.Bike, allow_nil?: false
  end
end
