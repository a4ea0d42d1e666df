import Config

config :workshop, ecto_repos: [Workshop.Repo], ash_domains: [Workshop]
