"""Rows that are changed in batches: each one a query of its own, committed by itself, with a pause behind it."""

from __future__ import annotations

from collections.abc import Sequence

from checks.ecto.write.literals import heredoc_lines

PAUSE_MS = 100
"""What others may do meanwhile; the guides' value."""


def functions(batch: str, first: Sequence[str], down: Sequence[str]) -> Sequence[str]:
    """``batch``: a command that changes a bounded number of rows, and is sent until it finds none.

    ``first``: a command that is sent once before. ``down``: the lines of that function.
    """
    lines = [line.removeprefix("    ") for line in batch.split("\n")]
    return [
        f"  @pause_ms {PAUSE_MS}",
        *(line for sql in first for line in _attribute("progress", sql)),
        *_attribute("batch", "\n".join(lines)),
        "",
        *(_up_with_progress() if first else ["  def up, do: change_rows()"]),
        "",
        *down,
        "",
        "  defp change_rows do",
        "    case repo().query!(@batch) do",
        "      %{num_rows: 0} ->",
        "        :ok",
        "",
        "      _ ->",
        "        Process.sleep(@pause_ms)",
        "        change_rows()",
        "    end",
        "  end",
    ]


def _attribute(name: str, sql: str) -> Sequence[str]:
    lines = (f"  {line}" if line else "" for line in heredoc_lines(sql))
    return [f'  @{name} """', *lines, '  """']


def _up_with_progress() -> Sequence[str]:
    return ["  def up do", "    repo().query!(@progress)", "    change_rows()", "  end"]
