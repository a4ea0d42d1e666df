"""Write what the real Ecto sent for real migrations as migrations again, and read them back.

    python -m benchmarks.ecto_written GOLDEN

GOLDEN is a folder as for ``benchmarks.ecto_golden``; no sources are needed. Each file's statements, up and down, go
through ``write_module``, which gives out nothing that does not read back as the same statements. Where ``elixir`` is
installed, its formatter must leave every text as it is.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from checks.ecto.write import Change, Place, write_module
from checks.ecto.write.commands import commands_of
from checks.sql.parse import command_tag

FORMAT = Path(__file__).parent / "format_check.exs"


def main() -> int:
    texts: list[str] = []
    refused: list[str] = []
    raw: Counter[str] = Counter()
    words = 0
    for name, change in _changes(Path(sys.argv[1])):
        for sql in change.up:
            if commands_of(sql, change.down):
                words += 1
            else:
                raw[command_tag(sql)] += 1
        try:
            texts.append(write_module("MyApp.Repo.Migrations.Again", [change], Place()))
        except ValueError:
            refused.append(name)
    print(f"{len(texts)} of {len(texts) + len(refused)} files are written and read back as the same")
    print(f"{words} statements in Ecto's words, {sum(raw.values())} as SQL: {dict(raw.most_common(8))}")
    print(*(f"refused {name}" for name in refused), sep="\n")
    print(_formatted(texts))
    return 0


def _changes(golden: Path) -> Iterator[tuple[str, Change]]:
    for path in sorted((golden / "ecto").glob("*.jsonl")):
        for line in path.read_text().splitlines()[1:]:
            one = json.loads(line)
            if one.get("exact_up") and one.get("exact_down") and one["up"]:
                up, down = (tuple(sent["sql"] for sent in one[way] or ()) for way in ("up", "down"))
                yield f"{one['repo']} {one['path']}", Change(up, down)


def _formatted(texts: list[str]) -> str:
    if shutil.which("elixir") is None:
        return "elixir is not installed: the format was not compared"
    with tempfile.TemporaryDirectory() as folder:
        for number, text in enumerate(texts):
            Path(folder, f"{number:05}.exs").write_text(text)
        run = subprocess.run(["elixir", str(FORMAT), folder], capture_output=True, text=True, check=True)
        return run.stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
