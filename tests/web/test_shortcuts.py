"""The switch of single letters: kept for the person, said on every page, and nobody else's."""

from __future__ import annotations

import pytest

from tests.web.conftest import Browse
from tests.web.pages import follow

pytestmark = pytest.mark.anyio

OFF = 'data-single-keys="off"'


async def test_the_switch_holds_for_the_person_wherever_they_log_in(browse: Browse):
    viewer, other, editor = await browse("viewer"), await browse("viewer"), await browse("editor")
    page = await follow(viewer, await viewer.post("/admin/shortcuts"))
    assert "Single letters and signs are no shortcuts any more." in page.text
    for browser, off in ((viewer, True), (other, True), (editor, False)):
        assert (OFF in (await browser.get("/admin/author/list")).text) is off
    quiet = await viewer.post("/admin/shortcuts", data={"single": "1"}, headers={"accept": "application/json"})
    assert quiet.status_code == 204
    assert OFF not in (await other.get("/admin/")).text


async def test_the_dialog_is_a_part_of_its_own_and_no_page_carries_it(browse: Browse):
    viewer = await browse("viewer")
    part = (await viewer.get("/admin/shortcuts", headers={"larder-part": "dialog"})).text
    assert part.lstrip().startswith("<dialog")
    assert 'data-key="j"' in part
    assert 'data-key="j"' not in (await viewer.get("/admin/author/list")).text
    assert "<h1>Keyboard shortcuts</h1>" in (await viewer.get("/admin/shortcuts")).text
