defmodule Workshop do
  use Ash.Domain

  resources do
    resource Workshop.Customer
    resource Workshop.Bike
    resource Workshop.Repair
  end
end
