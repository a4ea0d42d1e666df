"""The report page in a real browser."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from itertools import pairwise

import pytest
from sample_reports import context, failing_report, hostile_report, hostile_summary, waived_report

from bot.publish.page import content_security_policy, page
from bot.publish.states import states

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
URL = "http://report.test/"


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed")
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield opened
        opened.close()


class Shown:
    """A page as a browser has it, served with its policy as a header, and all that it complained of or asked for."""

    def __init__(self, browser, text: str, **options):  # type: ignore[no-untyped-def]
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self.tab = browser.new_page(**options)
        self.tab.on("console", lambda message: self.complaints.append(message.text))
        self.tab.on("request", lambda request: self.requests.append(request.url))
        headers = {"Content-Security-Policy": content_security_policy(), "Content-Type": "text/html"}
        self.tab.route("**/*", lambda route: route.fulfill(body=text, headers=headers))
        self.tab.goto(URL)

    def __call__(self, script: str):  # type: ignore[no-untyped-def]
        return self.tab.evaluate(script)


@pytest.fixture
def shop(browser):  # type: ignore[no-untyped-def]
    return lambda **options: Shown(browser, page(failing_report(), context(failing_report())), **options)


def test_the_policy_lets_our_style_in_and_nothing_is_fetched(shop) -> None:  # type: ignore[no-untyped-def]
    shown = shop()
    assert shown.complaints == [] and set(shown.requests) <= {URL, f"{URL}favicon.ico"}
    assert shown("getComputedStyle(document.querySelector('.badge')).borderTopWidth") == "2px"
    assert shown("document.scripts.length") == 0
    assert shown("document.querySelectorAll('[style]').length") == 0


def test_a_phone_scrolls_tables_but_not_the_page(shop) -> None:  # type: ignore[no-untyped-def]
    shown = shop(viewport={"width": 390, "height": 844})
    assert shown("document.documentElement.scrollWidth") == 390
    assert shown("[...document.querySelectorAll('td')].every(cell => cell.clientWidth > 20)")


CONTRAST = """() => {
  const light = text => { const [r, g, b] = text.match(/[\\d.]+/g).slice(0, 3).map(Number).map(one => one / 255)
    .map(one => one <= 0.03928 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4); return 0.2126*r + 0.7152*g + 0.0722*b }
  const behind = one => { for (; one; one = one.parentElement) { const back = getComputedStyle(one).backgroundColor
    if (back !== 'rgba(0, 0, 0, 0)') return back } return 'rgb(255, 255, 255)' }
  return Math.min(...[...document.querySelectorAll('body *:not(svg, svg *)')].filter(one => one.innerText).map(one => {
    const [a, b] = [light(getComputedStyle(one).color), light(behind(one))].sort((x, y) => y - x)
    return (a + 0.05) / (b + 0.05) })) }"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_has_the_contrast_that_wcag_asks_for(shop, scheme: str) -> None:  # type: ignore[no-untyped-def]
    shown = shop(color_scheme=scheme)
    assert shown("getComputedStyle(document.body).backgroundColor") == {
        "light": "rgb(255, 255, 255)",
        "dark": "rgb(13, 17, 23)",
    }[scheme]  # fmt: skip
    assert shown(CONTRAST) >= 4.5


def test_headings_and_tables_can_be_read_aloud(shop) -> None:  # type: ignore[no-untyped-def]
    shown = shop()
    levels = shown("[...document.querySelectorAll('h1,h2,h3,h4')].map(one => +one.tagName[1])")
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))
    assert shown("[...document.querySelectorAll('th')].every(one => one.scope)")
    assert shown("document.documentElement.lang") == "en"


def test_locks_are_drawn_to_scale(shop) -> None:  # type: ignore[no-untyped-def]
    bars = shop()(
        "[...document.querySelectorAll('article rect.writes, article rect.step')].map(one => +one.getAttribute('width'))"
    )
    # index(): 14.2 ms and 3.04 ms without a transaction; the SHARE lock goes with its own statement.
    assert bars[:3] == pytest.approx([823.67, 176.33, 823.67], abs=0.01)


def test_strangers_text_runs_nothing_and_is_no_element(browser) -> None:  # type: ignore[no-untyped-def]
    shown = Shown(browser, page(hostile_report(), context(hostile_report(), summary=hostile_summary())))
    assert shown.complaints == [] and shown("document.scripts.length") == 0
    assert "<script>alert(1)</script>" in shown("document.body.innerText")
    links = shown("[...document.links].map(one => one.href)")
    assert all(link.startswith("https://github.com/acme/shop/") for link in links)


def test_it_prints(shop) -> None:  # type: ignore[no-untyped-def]
    assert shop().tab.pdf().startswith(b"%PDF")


def test_the_json_is_in_the_page_or_linked() -> None:
    text = page(failing_report(), context(failing_report()))
    assert "&quot;schema_version&quot;: &quot;1&quot;" in text
    linked = page(failing_report(), context(failing_report()), raw_url="/reports/1.json?a=1&b=2")
    assert 'href="/reports/1.json?a=1&amp;b=2"' in linked and "schema_version" not in linked


def test_what_was_waived_and_a_search_cut_short_are_said() -> None:
    report, around = waived_report()
    text = page(report, around.model_copy(update={"downstream_stopped": "More than 200 places."}))
    assert 'id="findings"' not in text and 'class="error"' not in text
    assert "by <strong>ada</strong> until 2026-07-01: the table is small" in text
    assert "<p>The search is not whole. More than 200 places.</p>" in text


def test_the_three_states_of_an_object_stand_side_by_side() -> None:
    found = {one.name: one for one in states(failing_report().migrations[1])}
    note = found["column public.orders.note, default"]
    assert (note.before, note.up, note.down, note.restored) == ("''", "''", "null", False)
