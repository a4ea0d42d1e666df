"""What an example's own tool says, up and back, as a file for the tests, which need the tool no more.

    python -m benchmarks.frameworks.tape FOLDER > tests/wire/tapes/NAME.json

FOLDER is an example with everything that its README tells to install. A list for each command, with its statements.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from bot.demo import PULL_REQUEST
from checks.settings import Settings, load
from checks.trees.directory import DirectoryTree
from checks.wire.command import Heard
from checks.wire.observe import Ear, hear


def main(folder: Path) -> None:
    base = DirectoryTree(folder, "base", leave_out=(folder / PULL_REQUEST).read_text().split())
    commands = load(base)[0].commands
    assert commands, f"{folder} has no `commands:`"
    ear = Ear(folder, os.environ, commands.seconds)
    hear(commands, ear, base, DirectoryTree(folder, "head"), Settings(provider="bundled"))
    lists = (",\n".join(map(json.dumps, _said(heard))) for heard in ear.heard)
    print("[" + ",\n".join(f"[{statements}]" for statements in lists) + "]")


def _said(heard: Heard) -> list[dict[str, object]]:
    ordered = sorted(heard.recorded, key=lambda one: one.started)
    return [
        # Times are not the same twice, and the order is all that anything needs of them.
        one.model_copy(update={"started": float(place), "duration_ms": 0.0, "sent": ""}).model_dump(
            mode="json", exclude_defaults=True
        )
        for place, one in enumerate(ordered)
    ]


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
