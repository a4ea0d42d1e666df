"""Ecto's migration language, read from ``.exs`` files: the SQL that its PostgreSQL adapter would send.

Behaviour is that of ecto_sql 3.14. The source of each fact is the file of ecto_sql that is named beside it.
"""
