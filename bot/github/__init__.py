"""What the service asks of GitHub and tells it. Nothing else in the project speaks HTTP to GitHub."""

from bot.github.client import App, Client
from bot.github.credentials import Credentials

__all__ = ["App", "Client", "Credentials"]
