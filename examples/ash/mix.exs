defmodule Workshop.MixProject do
  use Mix.Project

  def project do
    [app: :workshop, version: "0.1.0", deps: [{:ash, "~> 3.5"}, {:ash_postgres, "~> 2.6"}]]
  end
end
