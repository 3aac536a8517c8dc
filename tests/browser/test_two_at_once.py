"""Two browsers edit one workflow at once, at random: in the end both show the stored tree, and no edit is missing.

TOGETHER_SECONDS says how long (else 6; 60 shows more); `pytest --log-cli-level=INFO` tells what was counted.
"""

import logging
import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from playwright.sync_api import Page, Response, expect

from editor.trees.nodes import Tree
from editor.workflows import queries
from editor.workflows.models import Workflow
from tests.browser.editor_page import EditorPage

log = logging.getLogger(__name__)

SECONDS = float(os.environ.get("TOGETHER_SECONDS", "6"))
START = {
    "actionType": "st.openPersonPage",
    "then": [{"actionType": "st.retrievePersonSkills"}, {"actionType": "st.retrievePersonPosts"}],
}

# Edits through the page's own way, one after another; each that is done changes something.
WORK = """async ([seconds, seed]) => {
    const { edit, settled } = await import("/static/js/editor/edits.js");
    const TYPES = ["st.retrievePersonSkills", "st.retrievePersonPosts", "st.checkConnectionStatus"];
    let state = seed;
    const random = (below) => (state = (state * 1103515245 + 12345) % 2147483648) % below;
    const any = (list) => list[random(list.length)];
    const ids = () => [...document.querySelectorAll("#tree .node .node")].map((node) => node.dataset.nodeId);
    const top = document.querySelector("#tree > .node").dataset.nodeId;
    const EDITS = {
        add: () => ({ type: any(TYPES), parent: top, index: random(4) }),
        duplicate: () => ({ node: any(ids()) }),
        note: () => ({ node: any(ids()), note: `note ${random(1e9)}` }),
        label: () => ({ node: any(ids()), label: `label ${random(1e9)}` }),
        remove: () => (ids().length > 4 ? { node: any(ids()) } : null),
        undo: () => ({}),
        redo: () => ({}),
    };
    const end = performance.now() + seconds * 1000;
    while (performance.now() < end) {
        const verb = any(Object.keys(EDITS));
        await edit(verb, EDITS[verb], { quiet: true });
        await new Promise((resolve) => setTimeout(resolve, random(60)));
    }
    await settled();
    document.body.dataset.worked = "";
}"""


@dataclass
class Answers:
    """What the server said to the edits of one page: the keys of those that were done, and how many were refused."""

    done: list[str] = field(default_factory=list)
    refused: int = 0

    def listen(self, page: Page) -> None:
        page.on("response", self._hear)

    def _hear(self, response: Response) -> None:
        if "/edit/" not in response.url:
            return
        [key] = re.findall(r"key=(\w+)", response.request.post_data or "")
        if response.status == 200:
            self.done.append(key)
        else:
            self.refused += 1


def test_two_browsers_at_once_end_with_the_same_tree_and_every_edit(
    ann_edits: Callable[..., EditorPage], bob, browse, complaints
) -> None:
    complaints.excuse("status of 4(04|22)")  # undo of nothing, an action that the other has deleted
    anns = ann_edits(START)
    bobs = EditorPage(browse(bob), anns.workflow)
    bobs.open()
    both = {anns: Answers(), bobs: Answers()}
    for seed, (editor, answers) in enumerate(both.items(), 7):
        answers.listen(editor.page)
        editor.page.evaluate(f"args => {{ ({WORK})(args); }}", [SECONDS, seed])
    for editor in both:
        worked = editor.page.locator("body[data-worked]")
        expect(worked).to_be_attached(timeout=(SECONDS + 30) * 1000)

    stored = Workflow.objects.get(pk=anns.workflow.pk)
    tree = queries.tree_of(stored)
    for editor in both:
        expect(editor.page.locator("#tree")).to_have_attribute(
            "data-revision", str(stored.revision)
        )
        editor.expect_saved()
        assert shown(editor.page) == as_shown(tree)

    done = [key for answers in both.values() for key in answers.done]
    kept = list(stored.changes.values_list("key", flat=True))
    refused = sum(answers.refused for answers in both.values())
    log.info("%s edits were done, %s refused, %s actions are left", len(done), refused, len(tree))
    assert sorted(kept) == sorted(done), "every accepted edit is one change"
    assert all(answers.done for answers in both.values())


def shown(page: Page) -> list[list[str]]:
    """The outline of a page: id, type, level and label of every action, in their order."""
    rows: list[list[str]] = page.eval_on_selector_all(
        "#tree .node",
        """nodes => nodes.map((node) => [node.dataset.nodeId, node.dataset.actionType, node.getAttribute("aria-level"),
            node.firstElementChild.querySelector(".node-label")?.textContent ?? ""])""",
    )
    return rows


def as_shown(tree: Tree) -> list[list[str]]:
    return [
        [node.id, node.type, str(depth + 1), node.label if isinstance(node.label, str) else ""]
        for node, depth in tree.walk()
    ]
