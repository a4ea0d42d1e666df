"""A report of files that were only read: one entry per finding, as linters print them. No template, for there may be thousands."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from bot.publish.escape import one_line, visible
from bot.publish.layout import paint, wrap
from checks.model.findings import Finding, Severity, Suppression, Unproven
from checks.model.report import Report, Verdict

GRADE = "read from the files"
OPEN = "open"
ACCEPTED = "accepted: {rule} ({reason})"
ASK = "What stays open, or depends on rows, a run can tell: migration validate FILE"
VERDICT_STYLES = {
    Verdict.PASS: "bold green",
    Verdict.WARN: "bold yellow",
    Verdict.NEEDS_APPROVAL: "bold cyan",
    Verdict.FAIL: "bold red",
    Verdict.UNPROVEN: "bold yellow",
}
STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "bold yellow", Severity.INFO: "bold cyan"}
NARROWEST, WIDEST = 60, 160


def listing(report: Report, *, width: int = 100, colour: bool = False) -> str:
    """The findings and open questions by file and line, then the verdict and what to do next."""
    page = _Page(max(NARROWEST, min(width, WIDEST)), colour)
    lines = [line for path, entries in _by_file(report) for line in (*page.file(path, entries), "")]
    lines += page.verdict(report)
    if report.migrations and (report.unproven or report.findings):
        lines.append(wrap(ASK, page.width, 2, "  "))
    return "\n".join(lines) + "\n"


_Entry = Finding | Unproven | Suppression


def _by_file(report: Report) -> Iterator[tuple[str, list[_Entry]]]:
    files: defaultdict[str, list[_Entry]] = defaultdict(list)
    entries: list[_Entry] = [*report.findings, *report.unproven, *report.suppressed]
    for entry in entries:
        files[entry.path].append(entry)
    for path in sorted(files):
        yield path, sorted(files[path], key=lambda entry: entry.line)


class _Page:
    def __init__(self, width: int, colour: bool) -> None:
        self.width, self._colour = width, colour

    def file(self, path: str, entries: list[_Entry]) -> Iterator[str]:
        yield self._painted(visible(path), "bold")
        for entry in entries:
            yield from self._entry(entry)

    def verdict(self, report: Report) -> list[str]:
        name = report.verdict.value.upper().replace("-", " ")
        text = wrap(one_line(report.headline), self.width, len(name) + 2, f"{name}  ")
        return [self._painted(name, VERDICT_STYLES[report.verdict]) + text.removeprefix(name)]

    def _entry(self, entry: _Entry) -> Iterator[str]:
        place = f"{entry.line:>6}  "
        if isinstance(entry, Finding):
            label = self._painted(entry.severity.value, STYLES[entry.severity])
            yield f"{place}{label}  {entry.rule}  {self._painted(f'({GRADE})', 'dim')}"
            yield wrap(one_line(entry.message), self.width, len(place))
        elif isinstance(entry, Unproven):
            yield f"{place}{self._painted(OPEN, 'bold yellow')}"
            yield wrap(one_line(entry.reason), self.width, len(place))
        else:
            text = ACCEPTED.format(rule=entry.rule, reason=entry.reason)
            yield wrap(one_line(text), self.width, len(place), place)

    def _painted(self, text: str, style: str) -> str:
        return paint(text, style) if self._colour else text
