"""As much of GitHub's runner as a job with our Action needs: steps in bash, expressions, files, commands in the log.

What is not ours is stood in for by what it does: checkout is a shallow fetch, the cache and artifacts are folders.
https://docs.github.com/en/actions/reference/workflows-and-actions/metadata-syntax
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from npm_packages import package

ROOT = Path(__file__).resolve().parents[2]
EXPRESSION = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)
COMMAND = re.compile(r"::(?P<name>[\w-]+)(?: (?P<properties>[^:]*))?::(?P<text>.*)")
OURS = re.compile(r"(\./|OWNER/migration-specialist@COMMIT)")


class Expressions:
    """``${{ … }}``, evaluated by GitHub's own package."""

    def __init__(self, process: subprocess.Popen[str]):
        self._process = process

    def is_true(self, expression: str, contexts: Mapping[str, Any]) -> bool:
        return bool(self._ask(expression, contexts)["truth"])

    def filled(self, text: str, contexts: Mapping[str, Any]) -> str:
        return EXPRESSION.sub(lambda match: str(self._ask(match[1], contexts)["text"]), text)

    def _ask(self, expression: str, contexts: Mapping[str, Any]) -> dict[str, Any]:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(json.dumps({"expression": expression.strip(), "contexts": contexts}) + "\n")
        self._process.stdin.flush()
        return dict(json.loads(self._process.stdout.readline()))


@contextmanager
def expressions() -> Iterator[Expressions]:
    folder = package("@actions/expressions@0.3.61")
    command = ["node", str(Path(__file__).with_name("evaluate.mjs")), str(folder)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin and process.stdout
    try:
        yield Expressions(process)
    finally:
        process.stdin.close()
        process.wait(10)
        process.stdout.close()


@dataclass
class Result:
    code: int = 0
    """Of the first step that failed."""
    log: str = ""
    summary: str = ""
    outputs: dict[str, str] = field(default_factory=dict)
    """Of the step that is our Action."""
    commands: list[tuple[str, dict[str, str], str]] = field(default_factory=list)
    """What the runner took as commands: name, properties, text."""
    pip: str = ""
    """What pip was asked to install."""

    def said(self, name: str) -> list[str]:
        return [text for found, _, text in self.commands if found == name]


class Runner:
    """One repository's runner. Caches and artifacts outlive a job, its workspace does not."""

    def __init__(
        self, expressions: Expressions, folder: Path, origin: Path, api_url: str, **environment: str
    ):
        self._expressions = expressions
        self._folder = folder
        self._origin = origin
        self._environment = {"MIGRATION_WRITE_PAUSE": "0", **environment}
        self.secrets: dict[str, str] = {}
        self._api_url = api_url
        self._jobs = 0
        self.artifacts = folder / "artifacts"
        self.caches = folder / "caches"

    def run(
        self, workflow: str, event: str, payload: Mapping[str, Any], sha: str, token: str, ref: str = ""
    ) -> Result:
        """Run the only job of a workflow file."""
        self._jobs += 1
        job = Job(self, yaml.safe_load(workflow), event, payload, sha, token, ref)
        return job.run()


class Job:
    def __init__(
        self,
        runner: Runner,
        workflow: Mapping[str, Any],
        event: str,
        payload: Mapping[str, Any],
        sha: str,
        token: str,
        ref: str,
    ):
        self._runner = runner
        (definition,) = workflow["jobs"].values()
        self._steps: list[dict[str, Any]] = definition["steps"]
        self._condition = definition.get("if")
        self._place = runner._folder / f"job-{runner._jobs}"
        for name in ("work", "temp", "files"):
            (self._place / name).mkdir(parents=True)
        (self._place / "event.json").write_text(json.dumps(payload))
        self._sha = sha
        self._github = {
            "event_name": event,
            "event": payload,
            "token": token,
            "repository": "acme/shop",
            "sha": sha,
            "ref": ref,
            "workflow": "Migrations",
        }
        self._result = Result()

    def run(self) -> Result:
        contexts = self._contexts({}, {})
        if self._condition and not self._runner._expressions.is_true(self._condition, contexts):
            self._result.log = "the job was skipped"
            return self._result
        self._all(self._steps, {})
        return self._result

    def _all(self, steps: list[dict[str, Any]], inputs: Mapping[str, str]) -> dict[str, dict[str, str]]:
        """Run steps; id → outputs."""
        done: dict[str, dict[str, str]] = {}
        for step in steps:
            contexts = self._contexts(inputs, {id: {"outputs": outputs} for id, outputs in done.items()})
            condition = str(step.get("if", "always()" if not self._result.code else "false"))
            if "always()" not in condition and self._result.code:
                continue
            if self._runner._expressions.is_true(condition, contexts):
                outputs = self._one(step, contexts)
                done[step.get("id", "")] = outputs
        return done

    def _contexts(self, inputs: Mapping[str, str], steps: Mapping[str, Any]) -> dict[str, Any]:
        runner = {"temp": str(self._place / "temp"), "os": "Linux", "arch": "X64"}
        return {
            "github": self._github,
            "inputs": inputs,
            "steps": steps,
            "runner": runner,
            "secrets": self._runner.secrets,
        }

    def _one(self, step: Mapping[str, Any], contexts: Mapping[str, Any]) -> dict[str, str]:
        fill = self._runner._expressions.filled
        if "run" in step:
            assert "${{" not in step["run"], "an expression inside of a script can be an injection"
            environment = {name: fill(str(value), contexts) for name, value in step.get("env", {}).items()}
            return self._bash(step["run"], environment)
        given = {name: fill(_written(value), contexts) for name, value in step.get("with", {}).items()}
        uses = str(step["uses"])
        if OURS.match(uses):
            return self._ours(given, contexts)
        name = uses.partition("@")[0]
        assert re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", uses), f"{uses} is not pinned by its commit"
        stand_ins: dict[str, Callable[[dict[str, str]], dict[str, str]]] = {
            "actions/checkout": self._checkout,
            "actions/setup-python": self._python,
            "actions/cache/restore": self._restore,
            "actions/cache/save": self._save,
            "actions/upload-artifact": self._upload,
            "actions/download-artifact": self._download,
        }
        return stand_ins[name](given)

    def _ours(self, given: dict[str, str], contexts: Mapping[str, Any]) -> dict[str, str]:
        action = yaml.safe_load((ROOT / "action.yml").read_text())
        assert set(given) <= set(action["inputs"]), f"unknown inputs {given}"
        fill = self._runner._expressions.filled
        defaults = {
            name: fill(_written(one.get("default", "")), contexts) for name, one in action["inputs"].items()
        }
        inputs = {**defaults, **given}
        done = self._all(action["runs"]["steps"], inputs)
        known = self._contexts(inputs, {id: {"outputs": outputs} for id, outputs in done.items()})
        self._result.outputs = {
            name: fill(str(one["value"]), known) for name, one in action["outputs"].items()
        }
        return self._result.outputs

    def _bash(self, script: str, environment: Mapping[str, str]) -> dict[str, str]:
        files = self._place / "files"
        output, summary = files / "output", files / "summary"
        output.write_text("")
        summary.touch()
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
            cwd=self._place / "work",
            env={**self._variables(output, summary), **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
            check=False,
        )
        self._result.log += done.stdout
        self._result.commands += commands(done.stdout)
        self._result.code = self._result.code or done.returncode
        self._result.summary = summary.read_text() or self._result.summary
        pip = files / "pip"
        self._result.pip = pip.read_text() if pip.exists() else ""
        return read_outputs(output.read_text())

    def _variables(self, output: Path, summary: Path) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
        return {
            **kept,
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_EVENT_NAME": str(self._github["event_name"]),
            "GITHUB_EVENT_PATH": str(self._place / "event.json"),
            "GITHUB_SHA": self._sha,
            "GITHUB_REF": str(self._github["ref"]),
            "GITHUB_REPOSITORY": "acme/shop",
            "GITHUB_API_URL": self._runner._api_url,
            "GITHUB_SERVER_URL": self._runner._api_url,
            "GITHUB_RUN_ID": str(1000 + self._runner._jobs),
            "GITHUB_RUN_ATTEMPT": "1",
            "GITHUB_WORKSPACE": str(self._place / "work"),
            "GITHUB_ACTION_PATH": str(ROOT),
            "GITHUB_OUTPUT": str(output),
            "GITHUB_STEP_SUMMARY": str(summary),
            "RUNNER_TEMP": str(self._place / "temp"),
            "PIP_SAYS": str(self._place / "files" / "pip"),
            **self._runner._environment,
        }

    # ── what is not ours

    def _checkout(self, given: dict[str, str]) -> dict[str, str]:
        def git(*arguments: str) -> None:
            subprocess.run(["git", *arguments], cwd=self._place / "work", check=True, capture_output=True)

        git("init", "--quiet")
        git("remote", "add", "origin", f"file://{self._runner._origin}")
        depth = given.get("fetch-depth", "1")
        git("fetch", "--quiet", *([] if depth == "0" else [f"--depth={depth}"]), "origin", self._sha)
        git("checkout", "--quiet", "--detach", self._sha)
        return {}

    def _python(self, given: dict[str, str]) -> dict[str, str]:
        """One whose virtual environments come with everything, so that a test need not install it each time."""
        python = self._place / "python"
        python.write_text(VENV.format(python=sys.executable, root=ROOT))
        python.chmod(0o755)
        return {"python-path": str(python)}

    def _restore(self, given: dict[str, str]) -> dict[str, str]:
        found = sorted(
            self._runner.caches.glob(f"{given['restore-keys']}*"), key=lambda one: one.stat().st_mtime
        )
        if found:
            shutil.copytree(found[-1], given["path"], copy_function=shutil.copy2)
            Path(given["path"]).chmod(0o700)
        return {}

    def _save(self, given: dict[str, str]) -> dict[str, str]:
        shutil.copytree(given["path"], self._runner.caches / given["key"], copy_function=shutil.copy2)
        return {}

    def _upload(self, given: dict[str, str]) -> dict[str, str]:
        target = self._runner.artifacts / str(1000 + self._runner._jobs) / given["name"]
        shutil.copytree(given["path"], target)
        return {}

    def _download(self, given: dict[str, str]) -> dict[str, str]:
        source = self._runner.artifacts / given["run-id"] / given["name"]
        if source.exists():
            shutil.copytree(source, given["path"], symlinks=True)
        return {}


VENV = """#!/bin/sh
# python -m venv FOLDER
mkdir -p "$3/bin"
printf '#!/bin/sh\\nprintf "%%s\\\\n" "$@" >> "$PIP_SAYS"\\n' > "$3/bin/pip"
printf '#!/bin/sh\\nPYTHONPATH={root} exec {python} -c "from bot.cli import main; main()" "$@"\\n' > "$3/bin/migration"
chmod +x "$3/bin/pip" "$3/bin/migration"
"""


def _written(value: object) -> str:
    """YAML's booleans as the runner passes them on."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def read_outputs(text: str) -> dict[str, str]:
    """Of GITHUB_OUTPUT: ``name=value``, and ``name<<END`` with lines up to END."""
    found: dict[str, str] = {}
    lines = iter(text.splitlines())
    for line in lines:
        name, _, end = line.partition("<<")
        if end:
            value = []
            for more in lines:
                if more == end:
                    break
                value.append(more)
            found[name] = "\n".join(value)
        else:
            name, _, found_value = line.partition("=")
            found[name] = found_value
    return found


def commands(log: str) -> list[tuple[str, dict[str, str], str]]:
    """What the runner takes as commands, which it does not while they are stopped."""
    found: list[tuple[str, dict[str, str], str]] = []
    word = ""
    for line in log.splitlines():
        line = line.lstrip()
        if word:
            word = "" if line == f"::{word}::" else word
        elif line.startswith("##["):
            found.append((line.partition("]")[0].removeprefix("##["), {}, line.partition("]")[2]))
        elif match := COMMAND.fullmatch(line):
            pairs = (pair.partition("=") for pair in (match["properties"] or "").split(",") if pair)
            given = {name: _unescaped(value) for name, _, value in pairs}
            found.append((match["name"], given, _unescaped(match["text"])))
            word = match["text"] if match["name"] == "stop-commands" else ""
    return found


def _unescaped(text: str) -> str:
    for code, character in (("%2C", ","), ("%3A", ":"), ("%0A", "\n"), ("%0D", "\r"), ("%25", "%")):
        text = text.replace(code, character)
    return text
