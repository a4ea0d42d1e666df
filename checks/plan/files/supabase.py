"""Supabase: each file is sent as a whole, so that one statement alone in it runs outside of a transaction."""

from __future__ import annotations

from checks.plan.files.pairs import Pairs

write = Pairs().write
