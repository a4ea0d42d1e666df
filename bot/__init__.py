"""The doors: what people and GitHub talk to. Turns requests into ``checks.validate`` and Reports into text."""
