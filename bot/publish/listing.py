"""A report of files that were only read: one entry per finding, as linters print them. No template, for there may be thousands."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from bot.publish.escape import one_line, visible
from bot.publish.labels import LOCAL_APPROVAL, VERDICT_STYLES, VERDICTS, label, style
from bot.publish.layout import paint, wrap
from checks.model.findings import Finding, Suppression, Unproven
from checks.model.report import Report

GRADE = "read from the files"
OPEN = "open"
ACCEPTED = "accepted: {rule} ({reason})"
APPROVE = f"What no down brings back needs an approval: {LOCAL_APPROVAL}"
ASK = "What stays open, or depends on rows, a run can tell: migration validate FILE"
NARROWEST, WIDEST = 40, 160


def listing(report: Report, *, width: int = 100, colour: bool = False) -> str:
    """The findings and open questions by file and line, then the verdict and what to do next."""
    page = _Page(max(NARROWEST, min(width, WIDEST)), colour)
    lines = [line for path, entries in _by_file(report) for line in (*page.file(path, entries), "")]
    lines += page.verdict(report)
    if any(finding.irreversible for finding in report.findings):
        lines.append(wrap(APPROVE, page.width, 2, "  "))
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
        name = VERDICTS[report.verdict]
        text = wrap(one_line(report.headline), self.width, len(name) + 2, f"{name}  ")
        return [self._painted(name, VERDICT_STYLES[report.verdict]) + text.removeprefix(name)]

    def _entry(self, entry: _Entry) -> Iterator[str]:
        place = f"{entry.line:>6}  "
        if isinstance(entry, Finding):
            how_grave = self._painted(label(entry), style(entry))
            yield f"{place}{how_grave}  {entry.rule}  {self._painted(f'({GRADE})', 'dim')}"
            yield wrap(one_line(entry.message), self.width, len(place))
        elif isinstance(entry, Unproven):
            yield f"{place}{self._painted(OPEN, 'bold yellow')}"
            yield wrap(one_line(entry.reason), self.width, len(place))
        else:
            text = ACCEPTED.format(rule=entry.rule, reason=entry.reason)
            yield wrap(one_line(text), self.width, len(place), place)

    def _painted(self, text: str, how: str) -> str:
        return paint(text, how) if self._colour else text
