"""Real frameworks and real histories through the door of `migration trace`, one file per framework in ``tools/``."""
