"""One file per framework: how its projects are installed and told to migrate. Found by being there, as ``FRAMEWORK``."""
