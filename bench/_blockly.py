"""The same work in Blockly, the nearest thing of its kind that runs wholly in a browser: installed from npm into a
temporary folder, served by ourselves (compressed), with a block for each action, one inside the other as in the tree.
"""

import gzip
import http.server
import itertools
import json
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from bench._chromium import Times
from editor.trees.nodes import Node, Tree

FILES = ("blockly_compressed.js", "msg/en.js")
PAGE = """<!doctype html><meta charset="utf-8"><title>Blockly</title>
<style>html, body, #area { margin: 0; height: 100% }</style><body><div id="area"></div>
<script src="/blockly_compressed.js"></script><script src="/msg/en.js"></script>
<script>
Blockly.defineBlocksWithJsonArray([{ type: "action", message0: "%1 %2", message1: "then %1", colour: 210,
  args0: [{ type: "field_label_serializable", name: "NAME" }, { type: "field_input", name: "VALUE" }],
  args1: [{ type: "input_statement", name: "THEN" }], previousStatement: null, nextStatement: null }]);
(async () => {
  const blocks = await (await fetch("/blocks.json")).json();
  window.workspace = Blockly.inject("area", { media: "/media/", scrollbars: true,
    toolbox: { kind: "flyoutToolbox", contents: [{ kind: "block", type: "action" }] } });
  Blockly.serialization.workspaces.load(blocks, workspace);
  document.body.dataset.ready = "";
})();
</script>"""
READY = "document.body.dataset.ready === ''"


def install(folder: Path) -> Path | None:
    """Blockly's files, or None where npm is missing or gets nothing."""
    npm = shutil.which("npm")
    if npm is None:
        return None
    command = [
        npm,
        "install",
        "--silent",
        "--no-audit",
        "--no-fund",
        "--prefix",
        str(folder),
        "blockly",
    ]
    done = subprocess.run(command, cwd=folder, capture_output=True, timeout=300, check=False)
    found = folder / "node_modules" / "blockly"
    return found if done.returncode == 0 and (found / FILES[0]).exists() else None


def blocks_of(tree: Tree) -> dict[str, Any]:
    """A tree in Blockly's own JSON. Without recursion: siblings are chains there, and may be long."""
    made: dict[str, dict[str, Any]] = {}
    for node, _ in tree.walk():
        made[node.id] = {"type": "action", "fields": {"NAME": node.type, "VALUE": _value(node)}}
    for node, _ in tree.walk():
        children = tree.children(node.id)
        if children:
            made[node.id]["inputs"] = {"THEN": {"block": made[children[0].id]}}
        for child, following in itertools.pairwise(children):
            made[child.id]["next"] = {"block": made[following.id]}
    tops = [made[root.id] | {"x": 40, "y": 40 + 4000 * at} for at, root in enumerate(tree.roots)]
    return {"blocks": {"languageVersion": 0, "blocks": tops}}


def _value(node: Node) -> str:
    return ", ".join(f"{name}: {value}" for name, value in node.params.items())[:60]


@contextmanager
def served(blockly: Path, tree: Tree) -> Iterator[str]:
    """The page's address, as long as the context lasts."""
    files = {f"/{name}": (blockly / name).read_bytes() for name in FILES}
    files |= {"/": PAGE.encode(), "/blocks.json": json.dumps(blocks_of(tree)).encode()}
    packed = {name: gzip.compress(content) for name, content in files.items()}

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            media = blockly / self.path.lstrip("/")
            is_media = self.path.startswith("/media/") and media.is_file()
            body = packed.get(self.path) or (media.read_bytes() if is_media else b"")
            self.send_response(200 if body else 404)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Content-Type", _type(self.path))
            if self.path in packed:
                self.send_header("Content-Encoding", "gzip")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


def _type(path: str) -> str:
    endings = {".js": "text/javascript", ".json": "application/json", ".svg": "image/svg+xml"}
    return endings.get(
        Path(path).suffix, "text/html" if path == "/" else "application/octet-stream"
    )


# --- The same edits, unsaved as they are there ---------------------------------------------------

EDIT = """([kind, at, rounds]) => {
  const blocks = workspace.getAllBlocks(true).filter((block) => block.getFieldValue("NAME") === "st.openPersonPage");
  const block = blocks[Math.floor(at * blocks.length / rounds)];
  const other = blocks[Math.floor(((at + rounds - 1) % rounds) * blocks.length / rounds)];
  const join = (below, parent) => parent.getInput("THEN").connection.connect(below.previousConnection);
  return timed({
    add() {
      window.added = workspace.newBlock("action");
      added.initSvg();
      added.render();
      join(added, block);
    },
    move() { added.unplug(true); join(added, other); },
    delete() { added.dispose(true); },
    undo() { workspace.undo(false); },
  }[kind], () => true);
}"""
KINDS = ("add", "move", "delete", "undo")


def edit(page: Page, rounds: int) -> dict[str, Times]:
    """Each kind of edit so many times, on blocks from all over the workspace."""
    times: dict[str, list[float]] = {kind: [] for kind in KINDS}
    for at in range(rounds):
        for kind in KINDS:
            times[kind].append(page.evaluate(EDIT, [kind, at, rounds]))
            page.wait_for_timeout(100)
    return {kind: Times(all_) for kind, all_ in times.items()}
