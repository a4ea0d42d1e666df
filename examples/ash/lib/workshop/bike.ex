defmodule Workshop.Bike do
  use Ash.Resource, domain: Workshop, data_layer: AshPostgres.DataLayer

  postgres do
    table "bikes"
    repo Workshop.Repo

    references do
      reference :customer, on_delete: :delete, index?: true
    end

    identity_wheres_to_sql unique_frame: "(frame_number IS NOT NULL)"
  end

  attributes do
    uuid_primary_key :id
    attribute :make, :string, allow_nil?: false
    attribute :frame_number, :string
    attribute :color, :string
    timestamps()
  end

  relationships do
    belongs_to :customer, Workshop.Customer, allow_nil?: false
    has_many :repairs, Workshop.Repair
  end

  identities do
    identity :unique_frame, [:frame_number], where: expr(not is_nil(frame_number))
  end
end
