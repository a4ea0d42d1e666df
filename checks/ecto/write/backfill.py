"""Rows that are changed in batches: each one a query of its own, committed by itself, with a pause behind it."""

from __future__ import annotations

from collections.abc import Sequence

from checks.ecto.write.literals import heredoc_lines

PAUSE_MS = 100
"""What others may do meanwhile; the guides' value."""


def functions(batch: str) -> Sequence[str]:
    """``batch``: a command that changes a bounded number of rows, and is sent until it finds none."""
    lines = [line.removeprefix("    ") for line in batch.split("\n")]
    return [
        f"  @pause_ms {PAUSE_MS}",
        '  @batch """',
        *(f"  {line}" if line else "" for line in heredoc_lines("\n".join(lines))),
        '  """',
        "",
        "  def up, do: change_rows()",
        "",
        "  def down, do: :ok",
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
