"""Ash: ``priv/resource_snapshots``, what they say of each table, and whether PostgreSQL has it after the migrations.

Source: ash_postgres 2.12, ``lib/migration_generator``: how a snapshot becomes a migration is how it is read here.
"""
