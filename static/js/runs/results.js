// The results beside the outline: choose an action to see its own, follow [data-pane-link] within them. The page's address
// always says what is shown. On a narrow screen they are a sheet from below.

import { closest, element, icon, isTyping } from "../lib/dom.js";
import { chosen, focus, nodes } from "./outline.js";

const pane = () => document.getElementById("pane");
const narrow = matchMedia("(max-width: 60rem)");

let asked = {}; // what was asked for last

/** Show what is at `url` and make `address` the page's. What was asked for before and has not come is let go (hx-sync). */
async function load(url, address, { back = false } = {}) {
  const turn = (asked = { url, address });
  pane().setAttribute("aria-busy", "true");
  if (!back) history.pushState(null, "", address);
  try {
    await htmx.ajax("GET", url, { source: pane(), target: "#pane", swap: "innerHTML" });
    pane().scrollTop = 0;
  } finally {
    if (turn === asked) pane().removeAttribute("aria-busy");
  }
}

// Nothing came: what stands there belongs to something else, so it goes, and there is a way to ask again.
document.addEventListener("htmx:error", () => {
  if (!pane().hasAttribute("aria-busy")) return;
  const again = element("a", { class: "button button--small", href: asked.address, "data-pane-link": asked.url }, "Try again");
  const words = element("div", { class: "stack" }, element("p", {}, "The results did not come. Check the connection."), element("p", {}, again));
  pane().replaceChildren(element("div", { class: "pane-body" }, element("div", { class: "notice notice--bad", role: "alert" }, icon("circle-alert"), words)));
});

function mark(node) {
  for (const other of nodes()) {
    other.setAttribute("aria-selected", other === node);
    other.tabIndex = other === node ? 0 : -1;
  }
}

const addressOf = (id) => document.querySelector("[data-panes]").dataset.panes + id;

/** Choose an action and show its results. */
export function choose(node) {
  mark(node);
  return load(addressOf(node.dataset.nodeId), `?node=${node.dataset.nodeId}`);
}

export function openSheet() {
  pane().classList.add("is-open");
  if (narrow.matches) pane().focus();
}

function closeSheet() {
  pane().classList.remove("is-open");
  if (chosen()) focus(chosen());
}

document.addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  if (closest(event, "[data-pane-close]")) return closeSheet();
  const link = closest(event, "[data-pane-link]");
  if (link) {
    event.preventDefault();
    const address = link.getAttribute("href");
    const node = document.getElementById(`node-${new URLSearchParams(address).get("node")}`);
    if (node) mark(node);
    return load(link.dataset.paneLink, address).then(() => pane().focus());
  }
  const card = closest(event, ".run-tree .node-card");
  if (!card || closest(event, "[data-fold]")) return;
  event.preventDefault();
  choose(card.parentElement).then(openSheet);
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented || !pane().classList.contains("is-open") || closest(event, "dialog")) return;
  event.preventDefault();
  closeSheet();
});

// J and K: the next item, and the one before.
document.addEventListener("keydown", (event) => {
  const by = { j: 1, k: -1 }[event.key];
  if (!by || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || closest(event, "dialog")) return;
  document.querySelector(`[data-item-step="${by}"]`)?.click();
});

// Back and forward: the address says what to show.
addEventListener("popstate", () => {
  const fields = new URLSearchParams(location.search);
  const node = document.getElementById(`node-${fields.get("node")}`) ?? nodes()[0];
  if (!node) return;
  mark(node);
  load(`${addressOf(node.dataset.nodeId)}?${fields}`, "", { back: true });
});

if (new URLSearchParams(location.search).has("node")) pane().classList.add("is-open");
