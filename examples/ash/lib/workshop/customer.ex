defmodule Workshop.Customer do
  use Ash.Resource, domain: Workshop, data_layer: AshPostgres.DataLayer

  postgres do
    table "customers"
    repo Workshop.Repo
  end

  attributes do
    uuid_primary_key :id
    attribute :name, :string, allow_nil?: false
    attribute :email, :string, allow_nil?: false
    timestamps()
  end

  relationships do
    has_many :bikes, Workshop.Bike
  end

  identities do
    identity :unique_email, [:email]
  end
end
