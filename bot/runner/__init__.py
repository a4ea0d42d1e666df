"""The engine in a process of its own: it can be ended, and what it uses of memory ends with it."""
