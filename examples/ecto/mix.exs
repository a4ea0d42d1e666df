defmodule Library.MixProject do
  use Mix.Project

  def project do
    [app: :library, version: "0.1.0", deps: [{:ecto_sql, "~> 3.14"}, {:postgrex, ">= 0.0.0"}]]
  end
end
