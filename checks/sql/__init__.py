"""PostgreSQL's own grammar (libpg_query): split with positions, classify, deparse."""
