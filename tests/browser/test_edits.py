"""Editing in place, in several rows, inside an order, and after the session has ended."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, Page, expect

from tests.browser.pages import Larder
from tests.browser.server import PASSWORD


def cell(larder: Larder, row: int, column: str) -> str:
    heads = larder.page.locator("thead th")
    place = heads.evaluate_all("(heads, column) => heads.findIndex((head) => head.dataset.edit === column)", column)
    return f"tbody tr[data-key]:nth-of-type({row}) > :nth-child({place + 1})"


def test_a_cell_is_edited_in_its_place_by_keyboard_and_pointer(larder: Larder, page: Page):
    larder.open("customer", "sortBy=id&sort=asc")
    expect(page.locator("table.editable")).to_be_visible()
    name = page.locator(cell(larder, 2, "city"))
    name.dblclick()
    field = page.get_by_role("textbox", name="City")
    expect(field).to_be_focused()
    field.fill("Lisbon")
    field.press("Enter")
    expect(name).to_have_text("Lisbon")
    expect(name).to_be_focused()
    expect(larder.toast("saved")).to_be_visible()
    # Escape leaves it as it was.
    name.press("Enter")
    field.fill("Nowhere")
    field.press("Escape")
    expect(field).to_be_hidden()
    expect(name).to_have_text("Lisbon")
    # Tab saves and goes on; an error keeps the field open.
    name.press("e")
    field.fill("Porto")
    field.press("Tab")
    balance = page.get_by_role("textbox", name="Balance")
    expect(balance).to_be_focused()
    expect(name).to_have_text("Porto")
    balance.press("Escape")
    larder.undo()
    expect(larder.toast("undone").or_(page.get_by_text("Undone")).first).to_be_visible()
    expect(page.locator(cell(larder, 2, "city"))).to_have_text("Lisbon")


def test_what_is_wrong_in_a_cell_is_said_there(larder: Larder, page: Page, complaints: list[str]):
    larder.open("customer", "sortBy=id&sort=asc")
    expect(page.locator("table.editable")).to_be_visible()
    row = larder.rows.nth(3)
    row.get_by_role("link").first.press("F2")
    # The first cell that can be edited; Tab goes along the row without a change.
    page.locator(".cell-editor input[type=text]").press("Escape")
    page.locator(cell(larder, 4, "balance")).dblclick()
    balance = page.get_by_role("textbox", name="Balance")
    balance.fill("12,5O")
    balance.press("Enter")
    expect(page.get_by_text("Balance is not a number")).to_be_visible()
    expect(balance).to_have_value("12,5O")
    balance.fill("12.50")
    balance.press("Enter")
    expect(page.locator(cell(larder, 4, "balance"))).to_have_text("12.50")
    complaints[:] = [line for line in complaints if "400" not in line]


def test_lines_are_added_changed_and_removed_inside_their_order(larder: Larder, page: Page):
    larder.open("inventory-item", "sortBy=quantity&sort=desc")
    sku = larder.rows.first.locator("td, th").filter(has_text=re.compile(r"^[A-Z]+-")).first.inner_text()
    larder.open("order")
    larder.rows.first.get_by_role("link").first.click()
    lines = page.locator("[data-line]:visible")
    add = page.get_by_role("button", name="Add line item")
    expect(add).to_be_visible()
    before = lines.count()
    add.click()
    expect(lines).to_have_count(before + 1)
    picker = lines.last.get_by_role("combobox")
    expect(picker).to_be_focused()
    picker.fill(sku)
    lines.last.get_by_role("option").first.click()
    lines.last.get_by_role("textbox", name=re.compile("Qty")).fill("3")
    lines.last.get_by_role("textbox", name=re.compile("Unit price")).fill("0.10")
    expect(lines.last.locator("[data-amount]")).to_have_text("0.30")
    with page.expect_navigation():
        page.get_by_role("button", name="Save and continue editing").click()
    expect(larder.toast("saved")).to_be_visible()
    expect(lines).to_have_count(before + 1)
    lines.last.get_by_role("checkbox", name=re.compile("Remove")).check()
    page.get_by_role("button", name="Save and continue editing").click()
    expect(lines).to_have_count(before)


def test_lines_are_moved_by_keyboard_and_by_pointer(larder: Larder, page: Page):
    larder.open("line-item", "position=3")
    order = larder.rows.first.locator("a[href*='/order/details/']").get_attribute("href") or ""
    page.goto(order.replace("details", "edit"))
    page.wait_for_load_state("networkidle")
    skus = page.locator("[data-line]:not(.unscripted) [name$='.sku'][type=hidden]:not([name^=was])")
    held = skus.evaluate_all("fields => fields.map(one => one.value)")
    first, second, third = held[:3]

    def expect_order(*wanted: str) -> None:
        for place, sku in enumerate([*wanted, *held[3:]]):
            expect(skus.nth(place)).to_have_value(sku)

    down = page.get_by_role("button", name="Move down, line item 1", exact=True)
    down.press("Enter")
    expect_order(second, first, third)
    expect(page.locator("[data-moved]")).to_have_text(f"The line item stands at 2 of {len(held)}.")
    # The focus stays on the button, whose line is another one by now.
    expect(page.get_by_role("button", name="Move down, line item 2", exact=True)).to_be_focused()
    page.keyboard.press("Space")
    expect_order(second, third, first)
    lines = page.locator("[data-line]:not(.unscripted)")
    handles = lines.locator("[data-handle]")

    def drag(place: int) -> None:
        """Take the line at the top to where another one is, without letting it go."""
        handles.first.hover()
        page.mouse.down()
        box = lines.nth(place).bounding_box()
        assert box
        page.mouse.move(box["x"] + 20, box["y"] + box["height"] - 4)

    drag(1)
    page.mouse.up()
    expect_order(third, second, first)
    drag(2)
    page.keyboard.press("Escape")
    page.mouse.up()
    expect_order(third, second, first)
    with page.expect_navigation():
        page.get_by_role("button", name="Save and continue editing").click()
    expect(larder.toast("saved")).to_be_visible()
    expect_order(third, second, first)
    larder.undo()
    expect_order(first, second, third)


def test_json_is_laid_out_without_touching_its_numbers(larder: Larder, page: Page):
    page.goto("/admin/setting/create")
    page.get_by_role("textbox", name="Key").fill("json/of/edits")
    value = page.get_by_role("textbox", name="Value")
    value.fill('{"b":1.10,"a":[1e400,12345678901234567890,{}],\n "b" 1}')
    expect(page.get_by_text("Line 2, column 6: a colon is expected here.")).to_be_visible()
    value.fill('{"b":1.10,"a":[1e400,12345678901234567890,{},"\\u00e9"]}')
    page.get_by_role("button", name="Format").click()
    expect(value).to_have_value(
        '{\n  "b": 1.10,\n  "a": [\n    1e400,\n    12345678901234567890,\n    {},\n    "\\u00e9"\n  ]\n}'
    )
    page.get_by_role("button", name="Save", exact=True).click()
    expect(larder.toast("saved")).to_be_visible()


def test_a_list_is_edited_as_chips_or_as_its_text(larder: Larder, page: Page):
    larder.open("document", "sortBy=id&sort=asc")
    larder.rows.nth(20).get_by_role("link").first.click()
    save = page.get_by_role("button", name="Save and continue editing")
    tags = page.get_by_role("textbox", name="Tags")
    sent, field = page.locator("[name=tags]"), page.locator(".tags")
    field.get_by_role("button", name="As text").click()
    tags.fill("[]")
    with page.expect_navigation():
        save.click()
    # Enter or a comma adds, and what is still in the box when the form is saved counts as well.
    expect(field).to_be_visible()
    tags.press_sequentially("red, blue,to check")
    tags.press("Enter")
    tags.press_sequentially("red")
    with page.expect_navigation():
        save.click()
    expect(larder.toast("saved").last).to_be_visible()
    expect(sent).to_have_value('["red", "blue", "to check", "red"]')
    field.get_by_role("button", name="Remove blue").click()
    expect(field.get_by_role("status")).to_have_text("blue removed")
    expect(tags).to_be_focused()
    page.keyboard.press("Backspace")
    expect(sent).to_have_value('["red", "to check"]')
    # Chips would not tell NULL or '' from anything else: such a list stays text, and saving it changes nothing.
    field.get_by_role("button", name="As text").click()
    tags.fill('["a, b",null,""]')
    with page.expect_navigation():
        save.click()
    expect(tags).to_have_value('["a, b", null, ""]')
    expect(field).to_have_count(0)
    save.click()
    expect(larder.toast("Nothing to save")).to_be_visible()


def test_a_date_is_typed_as_a_word_and_seen_before_it_is_saved(larder: Larder, page: Page):
    page.clock.set_fixed_time("2027-12-31T10:20:30Z")
    larder.open("author", "sortBy=id&sort=asc")
    larder.rows.nth(8).get_by_role("link").first.click()
    born = page.get_by_role("textbox", name="Born")
    # A date control of the browser's own until the script is there.
    expect(born).to_have_attribute("type", "text")
    for typed, meant in (
        ("today", "2027-12-31"), ("Tomorrow", "2028-01-01"), ("+2m", "2028-02-29"), ("-1w", "2027-12-24"),
        ("2027-02-30", "2027-02-30"),
    ):  # fmt: skip
        born.fill(typed)
        born.blur()
        expect(born).to_have_value(meant)
    born.fill("+1d")
    born.press("Enter")
    expect(born).to_have_value("2028-01-01")
    expect(page.get_by_text(re.compile("Saturday,? 1 January 2028"))).to_be_visible()
    born.press("ArrowDown")
    born.press("ArrowDown")
    expect(born).to_have_value("2027-12-30")
    born.press("Enter")
    expect(larder.toast("saved")).to_be_visible()
    expect(page.locator(cell(larder, 9, "born"))).to_have_text("2027-12-30")
    # In a cell of the list, too; and a moment keeps its time, to the letter.
    expect(page.locator("table.editable")).to_be_visible()
    page.locator(cell(larder, 9, "born")).dblclick()
    expect(born).to_have_attribute("type", "text")
    born.fill("yesterday")
    born.press("Enter")
    expect(born).to_have_value("2027-12-30")
    born.press("Escape")
    larder.open("order", "sortBy=id&sort=asc")
    larder.rows.first.get_by_role("link").first.click()
    placed = page.get_by_role("textbox", name="Placed at")
    expect(placed).to_have_attribute("aria-describedby", re.compile("-words$"))
    for typed, meant in (("now", "2027-12-31 10:20:30Z"), ("+2h", "2027-12-31 12:20:30Z")):
        placed.fill(typed)
        placed.blur()
        expect(placed).to_have_value(meant)
    placed.fill("2026-02-28 23:59:59.123456+01")
    placed.press("ArrowUp")
    expect(placed).to_have_value("2026-03-01 23:59:59.123456+01")


def test_a_field_of_several_rows_is_changed_and_changed_back(larder: Larder, page: Page):
    larder.open("author", "sortBy=id&sort=asc")
    larder.tick(*larder.keys()[10:13])
    before = [larder.rows.nth(place).inner_text() for place in range(10, 13)]
    page.get_by_role("button", name="Edit selected").click()
    page.get_by_role("textbox", name="Country").fill("Atlantis")
    expect(page.get_by_role("checkbox", name="Change Country")).to_be_checked()
    page.get_by_role("button", name="Preview").click()
    page.get_by_role("button", name="Change 3 rows").click()
    page.wait_for_url(re.compile("/author/list"))
    expect(larder.toast("3 authors: country changed.")).to_be_visible()
    expect(larder.rows.filter(has_text="Atlantis")).to_have_count(3)
    larder.undo()
    expect(larder.rows.filter(has_text="Atlantis")).to_have_count(0)
    assert [larder.rows.nth(place).inner_text().split("\t")[:4] for place in range(10, 13)] == [
        text.split("\t")[:4] for text in before
    ]


def test_two_people_change_one_field_and_one_of_them_chooses(
    larder: Larder, page: Page, browser: Browser, base_url: str, logged_in: dict[str, dict[str, object]],
    complaints: list[str],
):  # fmt: skip
    larder.open("author", "sortBy=id&sort=asc")
    larder.rows.nth(5).get_by_role("link").first.click()
    expect(page.get_by_label("Country")).to_be_visible()
    other = browser.new_context(base_url=base_url, storage_state=logged_in["editor"])  # type: ignore[arg-type]
    theirs = other.new_page()
    theirs.goto(page.url)
    theirs.get_by_label("Country").fill("Peru")
    theirs.get_by_role("button", name="Save", exact=True).click()
    expect(theirs).to_have_url(re.compile("/list"))
    other.close()
    page.get_by_label("Country").fill("Chile")
    page.get_by_role("button", name="Save", exact=True).click()
    choice = page.get_by_role("radiogroup", name=re.compile("Country was changed by Eve Editor too"))
    expect(choice).to_be_visible()
    expect(page.get_by_label("Country", exact=True)).to_have_value("Chile")
    choice.get_by_role("radio", name="Keep theirs: Peru").check()
    page.get_by_role("button", name="Save and continue editing").click()
    expect(page.get_by_label("Country", exact=True)).to_have_value("Peru")
    complaints[:] = [line for line in complaints if "409" not in line]


def test_a_session_that_ended_loses_nothing_that_was_typed(larder: Larder, page: Page, complaints: list[str]):
    larder.open("author", "sortBy=id&sort=asc")
    larder.rows.nth(6).get_by_role("link").first.click()
    page.get_by_label("Country").fill("Iceland")
    page.context.clear_cookies(name="larder")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("what you typed is kept on this page")).to_be_visible()
    page.get_by_role("textbox", name="Name", exact=True).fill("admin")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_text("What you had typed is here, and not saved yet.")).to_be_visible()
    expect(page.get_by_label("Country")).to_have_value("Iceland")
    page.get_by_role("button", name="Save and continue editing").click()
    expect(page.get_by_label("Country")).to_have_value("Iceland")
    expect(larder.toast("saved")).to_be_visible()
    complaints[:] = [line for line in complaints if "403" not in line]
