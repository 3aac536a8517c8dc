// The page as it stands: where things are in it, which action is selected.

import { element } from "../lib/dom.js";

export const root = document.querySelector("[data-editor]");
export const mayEdit = "mayEdit" in root.dataset;
export const url = root.dataset.url;

export const tree = () => document.getElementById("tree");
export const emit = (name, detail = {}) => document.dispatchEvent(new CustomEvent(name, { detail }));
export const announce = (text) => { document.getElementById("announcer").textContent = text; };

// --- The tree as elements: <li data-node-id> holding a card and a <ul> of children ---------------------

export const nodeOf = (id) => (id ? tree().querySelector(`[data-node-id="${CSS.escape(id)}"]`) : null);
export const parentOf = (node) => node.parentElement.closest(".node");
export const groupOf = (node) => node.querySelector(":scope > ul");
export const childrenOf = (node) => [...(node ? groupOf(node) : tree()).children];
export const cardOf = (node) => node.firstElementChild;
export const indexOf = (node) => [...node.parentElement.children].indexOf(node);
export const nameOf = (node) => cardOf(node).querySelector(".node-name").textContent;
export const typeOf = (node) => node.dataset.actionType;
export const isFolded = (node) => node.getAttribute("aria-expanded") === "false";

/** The node that is seen below this one, or null. */
export function nextSeen(node) {
  if (!isFolded(node) && groupOf(node).firstElementChild) return groupOf(node).firstElementChild;
  for (let at = node; at; at = parentOf(at)) if (at.nextElementSibling) return at.nextElementSibling;
  return null;
}

/** The node that is seen above this one, or null. */
export function previousSeen(node) {
  const before = node.previousElementSibling;
  return before ? lastSeen(before) : parentOf(node);
}

/** The lowest node that is seen in a subtree. */
export function lastSeen(node) {
  const last = isFolded(node) ? null : groupOf(node).lastElementChild;
  return last ? lastSeen(last) : node;
}

// --- Folding --------------------------------------------------------------------------------------------

/** Show on the card of a folded action how many others it hides. */
export function countHidden(node) {
  const end = cardOf(node).querySelector(".node-end");
  end.querySelector(".node-hidden")?.remove();
  if (!isFolded(node)) return;
  const hidden = groupOf(node).querySelectorAll(".node").length;
  end.prepend(element("span", { class: "node-hidden count" }, `${hidden} hidden`));
}

export function fold(node, folded) {
  if (!node.hasAttribute("aria-expanded") || isFolded(node) === folded) return false;
  node.setAttribute("aria-expanded", !folded);
  countHidden(node);
  return true;
}

// --- Selection ------------------------------------------------------------------------------------------

let current = "";

/** The selected action; of several, the one that leads: the tree's one tab stop, whose settings are shown. */
export const selected = () => nodeOf(current);
export const selectedId = () => (selected() ? current : "");
export const isSelected = (node) => node.getAttribute("aria-selected") === "true";
export const allSelected = () => [...tree().querySelectorAll('[aria-selected="true"]')];

/** Make a node (or null) the one that is selected. */
export const select = (node, how) => selectAll(node ? [node] : [], node, how);

/** Make these the selected nodes; `lead` is one of them, null when there are none. */
export function selectAll(nodes, lead, { focus = false, scroll = true } = {}) {
  for (const old of tree().querySelectorAll('[aria-selected="true"], .node[tabindex="0"]')) {
    old.setAttribute("aria-selected", "false");
    old.tabIndex = -1;
  }
  for (const node of nodes) node.setAttribute("aria-selected", "true");
  if (lead) {
    for (let at = parentOf(lead); at; at = parentOf(at)) fold(at, false);
    lead.tabIndex = 0;
    if (focus) lead.focus({ preventScroll: true });
    if (scroll) cardOf(lead).scrollIntoView({ block: "nearest", inline: "nearest" });
  }
  keepTabStop();
  const id = lead?.dataset.nodeId ?? "";
  const isNew = id !== current;
  current = id;
  emit("editor:chosen");
  if (isNew) emit("editor:selected", { id });
}

/** Something in the tree can always be reached by Tab: the selected action, else the first. */
export function keepTabStop() {
  const first = tree().firstElementChild;
  if (first && !selected()) first.tabIndex = 0;
}
