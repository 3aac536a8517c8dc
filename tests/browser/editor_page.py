"""The editor as people use it: what can be seen and done, in words of the page."""

import json
import re
from typing import Any

from playwright.sync_api import Locator, Page, expect

from editor.lib.ids import new_id
from editor.trees import codec
from editor.workflows import services
from editor.workflows.models import Workflow
from tests.people import Person


class EditorPage:
    def __init__(self, page: Page, workflow: Workflow) -> None:
        self.page = page
        self.workflow = workflow

    @classmethod
    def of_new_workflow(cls, page: Page, owner: Person, wire: Any = None) -> "EditorPage":
        """A new workflow of this wire form (None: no actions), opened."""
        if wire is None:
            made = services.create(owner.team, actor=owner.user, name="Founders")
        else:
            tree = codec.from_wire(wire, new_id)
            made = services.import_tree(owner.team, actor=owner.user, name="Founders", tree=tree)
        editor = cls(page, made)
        editor.open()
        return editor

    @property
    def url(self) -> str:
        return f"/t/{self.workflow.team.slug}/workflows/{self.workflow.public_id}"

    def open(self) -> None:
        self.page.goto(self.url)
        self.wait_until_ready()

    def reload(self) -> None:
        self.page.reload()
        self.wait_until_ready()

    def wait_until_ready(self) -> None:
        expect(self.page.locator("body[data-editor-ready]")).to_be_attached()

    # --- What is there --------------------------------------------------------------------------

    def outline(self) -> list[str]:
        """The actions as the outline shows them: "1 Open person page", "2 Send message", …"""
        return self.page.eval_on_selector_all(
            "#tree [role=treeitem]",
            """nodes => nodes.map(node => node.getAttribute("aria-level") + " "
                + node.firstElementChild.querySelector(".node-name").textContent)""",
        )

    def expect_outline(self, *lines: str) -> None:
        """Wait until the outline is this, and until everything about it is saved."""
        self.page.wait_for_function(
            """wanted => wanted === [...document.querySelectorAll("#tree [role=treeitem]")].map(node =>
                node.getAttribute("aria-level") + " " + node.querySelector(".node-name").textContent).join("|")""",
            arg="|".join(lines),
        )
        self.expect_saved()

    def expect_saved(self) -> None:
        """Asked in each frame: `expect` looks again after 100, 250 and 500 milliseconds, and most saves take less."""
        self.page.wait_for_function("() => document.body.dataset.saveState === 'saved'")

    def node(self, name: str, nth: int = 0) -> Locator:
        """The row of an action, by its plain name."""
        card = self.page.locator(".node-card", has=self.page.get_by_text(name, exact=True))
        return card.nth(nth).locator("xpath=..")

    def card(self, name: str, nth: int = 0) -> Locator:
        return self.page.locator(".node-card", has=self.page.get_by_text(name, exact=True)).nth(nth)

    def selected(self) -> str:
        return self.page.locator("#tree [aria-selected=true] > .node-card .node-name").inner_text()

    def wire(self) -> Any:
        """The workflow as it is stored and would be sent."""
        return json.loads(self.page.request.get(f"{self.url}/export").text())

    # --- What can be done -----------------------------------------------------------------------

    def select(self, name: str, nth: int = 0) -> None:
        self.card(name, nth).locator(".node-name").click()
        expect(self.node(name, nth)).to_have_attribute("aria-selected", "true")
        expect(self.page.locator("[data-part=head] h2")).to_have_text(name)

    def offered(self, within: str) -> list[str]:
        """The action types that a list offers: "#choice-menu", "#palette-list" or "#empty-choices"."""
        return self.page.eval_on_selector_all(
            f"{within} [data-choice]", "all => all.map(one => one.dataset.choice)"
        )

    def open_add_menu(self, name: str) -> None:
        self.card(name).locator("[data-do=add]").click()
        expect(self.page.locator("#choice-menu")).to_be_visible()

    def add_under(self, name: str, choice: str) -> None:
        self.open_add_menu(name)
        self.page.locator("#choice-menu").get_by_role("button", name=choice).first.click()

    def menu(self, name: str, item: str) -> None:
        """Choose from the "…" menu of an action."""
        self.card(name).locator("[data-do=menu]").click()
        self.page.get_by_role("menuitem", name=item).last.click()

    def field(self, label: str) -> Locator:
        """A field of the inspector, by its label."""
        title = self.page.locator("label, legend", has_text=re.compile(rf"^\s*{re.escape(label)}"))
        return self.page.locator("#inspector-form [data-field]").filter(has=title).last

    def save_state(self) -> str:
        return self.page.locator("body").get_attribute("data-save-state") or ""
