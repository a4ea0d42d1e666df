"""The vocabulary: what the parts of the engine hand to each other, and the Report.

All models are frozen and go to JSON and back. Paths are POSIX and relative to the root of the tree.
Lines count from 1 and ranges include both ends. Times are milliseconds. Relations are written
``schema.name`` as PostgreSQL stores the names (unquoted), objects inside a table ``schema.table.name``.
"""
