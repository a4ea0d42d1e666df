"""golang-migrate: each file is one query, so that one statement alone in it runs outside of a transaction."""

from __future__ import annotations

from checks.plan.files.pairs import Pairs

write = Pairs().write
with_down = Pairs().with_down
