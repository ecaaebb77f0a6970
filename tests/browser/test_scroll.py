"""A list that scrolls: what is loaded and when, what stays in the document, and the way back to a row."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.pages import Larder

SIZE = 50
MOST = 5 * SIZE


class Scroller:
    """The list of events, scrolled as by a wheel; it hears of every row that was ever in the window."""

    def __init__(self, larder: Larder, page: Page) -> None:
        self.larder, self.page = larder, page

    def open(self, query: str = "mode=scroll") -> None:
        self.larder.open("event", query)
        expect(self.page.locator(".endless")).to_be_visible()

    @property
    def frame(self) -> Locator:
        return self.page.get_by_role("region", name="Events")

    @property
    def more(self) -> Locator:
        return self.page.get_by_role("button", name="Load more")

    def visible(self) -> list[str]:
        """Keys of the rows in the window, from its top."""
        found: list[str] = self.frame.evaluate(
            """frame => {
              const [top, bottom] = [frame.getBoundingClientRect().top + 32, frame.getBoundingClientRect().bottom];
              return [...frame.querySelectorAll("tr[data-key]")]
                .filter(row => row.getBoundingClientRect().bottom > top + 1 && row.getBoundingClientRect().top < bottom)
                .map(row => row.dataset.key);
            }"""
        )
        return found

    def by(self, pixels: int) -> None:
        self.frame.evaluate(
            """(frame, by) => new Promise(done => {
              frame.scrollTop += by;
              requestAnimationFrame(() => requestAnimationFrame(done));
            })""",
            pixels,
        )

    def mounted(self) -> int:
        return self.larder.rows.count()

    def shown(self) -> int:
        """How many rows the list says it has loaded."""
        said = self.page.locator("[data-said]").inner_text()
        return int(re.findall(r"([\d,]+) shown", said)[0].replace(",", "")) if "shown" in said else SIZE

    def until(self, condition: Callable[[], bool]) -> None:
        for _ in range(1_200):
            if condition():
                return
            self.page.wait_for_timeout(25)
        raise AssertionError("it did not happen within half a minute")

    def rest(self) -> list[str]:
        """Keys of the rows in the window, once the address names them."""
        self.until(lambda: self.page.evaluate("history.state?.row?.key") == self.visible()[0])
        return self.visible()

    def load(self, rows: int) -> None:
        """Go down, pressing Load more where it is offered, until so many rows were loaded."""
        while self.shown() < rows:
            before = self.shown()
            self.frame.evaluate("frame => frame.scrollTop = frame.scrollHeight")
            self.until(lambda before=before: self.more.is_visible() or self.shown() > before)
            if self.more.is_visible():
                self.more.click()
            assert self.mounted() <= MOST


def test_rows_come_before_the_end_and_load_more_after_three(larder: Larder, page: Page):
    scroller = Scroller(larder, page)
    scroller.open()
    for loaded in (100, 150, 200):
        if loaded == 150:
            larder.count.evaluate("count => Object.assign(count.dataset, { count: 'about', value: 120 })")
        scroller.frame.evaluate("frame => frame.scrollTop = frame.scrollHeight - frame.clientHeight - 300")
        expect(page.get_by_role("status").filter(has_text=f"50 more rows, {loaded} shown")).to_have_count(1)
    expect(scroller.more).to_be_hidden()
    # The estimate is overtaken: old statistics know of fewer rows than there are.
    expect(larder.count).to_have_text("more than 200 rows")
    scroller.frame.evaluate("frame => frame.scrollTop = frame.scrollHeight")
    expect(scroller.more).to_be_visible()
    last = larder.keys()[-1]
    scroller.more.click()
    expect(page.get_by_role("status").filter(has_text="50 more rows, 250 shown")).to_have_count(1)
    # Who pressed it goes on from the first of the new rows.
    keys = larder.keys()
    expect(larder.row(keys[keys.index(last) + 1]).get_by_role("link").first).to_be_focused()


def test_at_the_end_the_number_of_rows_is_known(larder: Larder, page: Page):
    larder.open("author", "mode=scroll&pageSize=200")
    expect(page.locator(".endless")).to_be_visible()
    known = larder.count.inner_text()
    larder.count.evaluate(
        "count => { Object.assign(count.dataset, { count: 'about', value: 9000 }); count.textContent = 'about 9k' }"
    )
    page.get_by_role("region", name="Authors").evaluate("frame => frame.scrollTop = frame.scrollHeight")
    expect(larder.count).to_have_text(known)
    expect(larder.count).to_have_attribute("data-count", "exact")


def test_many_rows_down_and_up_again_without_a_gap(larder: Larder, page: Page):
    scroller = Scroller(larder, page)
    scroller.open()
    # More than three times as many as stay in the page: what was dropped has to come back.
    scroller.load(800)
    keys: list[str] = []
    while scroller.frame.evaluate("frame => frame.scrollTop") > 0:
        seen = scroller.visible()
        assert scroller.mounted() <= MOST
        assert seen, "a gap in the window"
        above = seen.index(keys[0]) if keys else len(seen)
        assert keys[: len(seen) - above] == seen[above:], "a row moved, was repeated or is missing"
        keys = seen[:above] + keys
        scroller.by(-500)
        expect(larder.rows.nth(2 * SIZE - 1)).to_be_attached()
    keys = scroller.visible()[: scroller.visible().index(keys[0])] + keys
    assert len(keys) == len(set(keys)) > 700
    expected: list[str] = []
    url = "/admin/event/list?mode=scroll&pageSize=200"
    while len(expected) < len(keys):
        answer = page.request.get(url, headers={"larder-part": "rows"}).text()
        expected += re.findall(r'<tr data-key="(\d+)"', answer)
        url = re.findall(r'href="([^"]+)" rel="next"', answer)[0].replace("&amp;", "&")
    assert keys == expected[: len(keys)]


def test_a_reload_and_the_way_back_lead_to_the_same_row(larder: Larder, page: Page):
    scroller = Scroller(larder, page)
    scroller.open()
    scroller.load(400)
    scroller.by(-2_345)
    seen = scroller.rest()
    expect(page).to_have_url(re.compile("after="))
    page.reload()
    scroller.until(lambda: scroller.visible()[:10] == seen[:10])
    # Not by the mouse: if a chunk comes above it while Playwright aims, that scrolls the row to another height.
    larder.row(seen[3]).get_by_role("link").first.dispatch_event("click")
    expect(page).to_have_url(re.compile("/details/|/edit/"))
    page.go_back()
    scroller.until(lambda: scroller.visible()[:10] == seen[:10])


def test_a_shared_address_opens_there_and_scrolls_up_to_the_start(larder: Larder, page: Page):
    scroller = Scroller(larder, page)
    scroller.open("mode=scroll")
    top = scroller.visible()[0]
    scroller.load(300)
    scroller.by(-1_000)
    scroller.rest()
    page.goto(page.url)
    expect(page.locator(".endless")).to_be_visible()

    def at_the_top() -> bool:
        scroller.frame.evaluate("frame => frame.scrollTop = 0")
        return scroller.visible()[0] == top

    scroller.until(at_the_top)
    assert len(larder.keys()) == len(set(larder.keys()))


def test_a_failed_load_leaves_the_list_and_offers_retry(larder: Larder, page: Page, complaints: list[str]):
    scroller = Scroller(larder, page)
    scroller.open()
    page.route("**/event/list?*after=*", lambda route: route.abort())
    scroller.frame.evaluate("frame => frame.scrollTop = frame.scrollHeight")
    retry = page.get_by_role("button", name="Retry")
    expect(retry).to_be_visible()
    assert scroller.mounted() == SIZE
    page.unroute("**/event/list?*after=*")
    retry.click()
    expect(larder.rows).to_have_count(2 * SIZE)
    expect(retry).to_be_hidden()
    complaints[:] = [line for line in complaints if "ERR_FAILED" not in line]


def test_ticks_survive_while_their_rows_are_away(larder: Larder, page: Page):
    scroller = Scroller(larder, page)
    scroller.page.goto("/admin/customer/list?mode=scroll&pageSize=10")
    frame = page.get_by_role("region", name="Customers")
    expect(page.locator(".endless")).to_be_visible()
    first = larder.keys()[0]
    larder.tick(first)
    for _ in range(60):
        frame.evaluate("frame => frame.scrollTop = frame.scrollHeight")
        if page.get_by_role("button", name="Load more").is_visible():
            page.get_by_role("button", name="Load more").click()
        if larder.row(first).count() == 0:
            break
        page.wait_for_timeout(50)
    expect(larder.row(first)).to_have_count(0)
    expect(page.get_by_text("1 selected")).to_be_visible()
    larder.tick(larder.keys()[-1])
    expect(page.get_by_text("2 selected")).to_be_visible()
    frame.evaluate("frame => frame.scrollTop = 0")
    box = page.get_by_role("checkbox", name=f"Select row {first}", exact=True)
    expect(box).to_be_checked()
    expect(page.get_by_text("2 selected")).to_be_visible()
    # The focus waits at the list while its row is away.
    box.focus()
    frame.evaluate("frame => frame.scrollTop = frame.scrollHeight")
    expect(box).to_have_count(0)
    expect(frame).to_be_focused()
    frame.evaluate("frame => frame.scrollTop = 0")
    expect(box).to_be_focused()


def test_small_pages_fill_a_tall_window(larder: Larder, page: Page):
    page.set_viewport_size({"width": 1280, "height": 1100})
    larder.open("event", "mode=scroll&pageSize=10")
    expect(larder.rows.nth(25)).to_be_visible()
    filled = page.get_by_role("region", name="Events")
    assert filled.evaluate("frame => frame.scrollHeight > frame.clientHeight")


def test_the_choice_of_scroll_stays(larder: Larder, page: Page):
    larder.open("book")
    page.get_by_role("group", name="Pages or scroll").get_by_role("button", name="Scroll").click()
    expect(page).to_have_url(re.compile("mode=scroll"))
    larder.open("book")
    expect(page.get_by_role("button", name="Scroll")).to_have_attribute("aria-current", "true")
    page.get_by_role("button", name="Pages").click()
    expect(page.get_by_role("link", name="Next page")).to_be_visible()
    larder.open("book")
    expect(page.get_by_role("button", name="Pages")).to_have_attribute("aria-current", "true")


def test_new_rows_are_offered_to_who_comes_back(larder: Larder, page: Page):
    page.clock.install()
    larder.open("author", "mode=scroll&sortBy=id&sort=desc")
    expect(page.locator(".endless")).to_be_visible()
    page.evaluate("dispatchEvent(new Event('blur'))")
    other = page.context.new_page()
    other.goto("/admin/author/create")
    other.get_by_label("Name").fill("Newly Arrived")
    other.get_by_role("button", name="Save", exact=True).click()
    expect(other).not_to_have_url(re.compile("/create"))
    other.close()
    page.clock.fast_forward(61_000)
    page.evaluate("dispatchEvent(new Event('focus'))")
    page.get_by_role("link", name="1 new row").click()
    expect(larder.rows.first).to_contain_text("Newly Arrived")


def test_a_jump_to_a_day_and_by_the_scrubber(larder: Larder, page: Page):
    scroller = Scroller(larder, page)
    scroller.open()
    newest = page.locator("tr[data-key] time").first.get_attribute("datetime") or ""
    day = (dt.date.fromisoformat(newest[:10]) - dt.timedelta(days=40)).isoformat()
    page.get_by_label("Jump to created at").fill(day)
    page.get_by_role("button", name="Jump", exact=True).click()
    expect(page).to_have_url(re.compile("after="))
    expect(page.locator(".endless")).to_be_visible()
    first = larder.row(scroller.visible()[0]).locator("time")
    assert (first.get_attribute("datetime") or "")[:10] <= day
    slider = page.get_by_role("slider", name="Place in the table by created at")
    if slider.count():
        slider.focus()
        page.keyboard.press("Home")
        page.keyboard.press("Enter")
        expect(slider).to_have_value(re.compile("^[01]$"))
        slider.focus()
        page.keyboard.press("End")
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile("after="))
        expect(page.locator(".pager a[rel=next]")).to_have_count(0)
        expect(slider).to_have_value(re.compile("^(9.|100)$"))


def test_without_a_script_it_is_next_and_previous(
    browser: Browser, base_url: str, logged_in: dict[str, dict[str, object]]
):
    context = browser.new_context(base_url=base_url, storage_state=logged_in["admin"], java_script_enabled=False)  # type: ignore[arg-type]
    larder = Larder(context.new_page())
    larder.open("event", "mode=scroll")
    first = larder.keys()
    larder.page.get_by_role("link", name="Next page").click()
    expect(larder.page).to_have_url(re.compile("after="))
    expect(larder.rows).to_have_count(SIZE)
    second = larder.keys()
    assert len(first) == len(second) == SIZE
    assert not set(first) & set(second)
    larder.page.get_by_role("link", name="Previous page").click()
    expect(larder.page).not_to_have_url(re.compile("after="))
    expect(larder.rows).to_have_count(SIZE)
    assert larder.keys() == first
    larder.page.get_by_label("Jump to created at").fill("1999-12-31")
    larder.page.get_by_role("button", name="Jump", exact=True).click()
    expect(larder.page.get_by_role("link", name="Previous page")).to_be_visible()
    expect(larder.page.get_by_role("link", name="Next page")).to_have_count(0)
    assert len(larder.keys()) == SIZE
    context.close()
