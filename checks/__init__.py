"""The engine: a change of migrations in, a Report out. It knows nothing of GitHub, of HTTP or of models."""
