// What failed in the outline of a run: [data-only-failed] leaves out the rest, [data-next-failure="1|-1"] and F8 (Shift+F8) go from one
// to the next.

import { closest } from "../lib/dom.js";
import { choose } from "./results.js";
import { chosen, focus, nodes, reveal, tree } from "./outline.js";

const failures = () => nodes().filter((node) => "failed" in node.dataset);

function jump(by) {
  const all = failures();
  if (!all.length) return;
  const from = chosen();
  const below = (node) => Boolean(from.compareDocumentPosition(node) & Node.DOCUMENT_POSITION_FOLLOWING);
  const next = !from ? 0 : by > 0 ? all.findIndex(below) : all.findLastIndex((node) => node !== from && !below(node));
  const node = all.at(next < 0 && by > 0 ? 0 : next);
  reveal(node);
  focus(node);
  node.scrollIntoView({ block: "nearest" });
  choose(node);
}

/** The controls are there when there is something for them to do. */
function show() {
  const tools = document.querySelector("[data-run-failures]");
  if (!tools) return;
  tools.hidden = !failures().length;
  tree().toggleAttribute("data-only-failed", !tools.hidden && tools.querySelector("[data-only-failed]").checked);
}

document.addEventListener("change", ({ target }) => { if (target.matches("[data-only-failed]")) show(); });

document.addEventListener("click", (event) => {
  const button = closest(event, "[data-next-failure]");
  if (button) jump(Number(button.dataset.nextFailure));
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "F8" || event.defaultPrevented || closest(event, "dialog")) return;
  event.preventDefault();
  jump(event.shiftKey ? -1 : 1);
});

document.addEventListener("htmx:after:swap", show);
addEventListener("pageshow", show);
show();
