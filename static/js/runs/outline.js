// The outline of a run as elements: which actions are seen, which one is chosen, what is folded.

import { closest } from "../lib/dom.js";

export const tree = () => document.querySelector(".run-tree");
export const nodes = () => [...tree().querySelectorAll(".node")];
export const chosen = () => tree().querySelector('.node[aria-selected="true"]');
export const isFolded = (node) => node.getAttribute("aria-expanded") === "false";
const parentOf = (node) => node.parentElement.closest(".run-tree .node");

/** Those that are not within a fold, nor left out by "only what failed". */
export const seen = () => nodes().filter((node) => node.checkVisibility());

export function fold(node, folded) {
  if (node.hasAttribute("aria-expanded")) node.setAttribute("aria-expanded", !folded);
}

/** Unfold whatever hides a node. */
export function reveal(node) {
  for (let at = parentOf(node); at; at = parentOf(at)) fold(at, false);
}

/** Give the outline's one tab stop to a node, and the focus. */
export function focus(node) {
  for (const other of tree().querySelectorAll('.node[tabindex="0"]')) other.tabIndex = -1;
  node.tabIndex = 0;
  node.focus();
}

/** Where the keys of the ARIA tree pattern lead from a node: an element, null (nowhere), or undefined (not our key). */
export function step(node, key) {
  const all = seen();
  const at = all.indexOf(node);
  switch (key) {
    case "ArrowDown": return all[at + 1] ?? null;
    case "ArrowUp": return all[at - 1] ?? null;
    case "Home": return all[0];
    case "End": return all.at(-1);
    case "ArrowRight":
      if (!isFolded(node)) return node.querySelector(".node");
      fold(node, false);
      return null;
    case "ArrowLeft":
      if (node.getAttribute("aria-expanded") !== "true") return parentOf(node);
      fold(node, true);
      return null;
    default: return undefined;
  }
}

document.addEventListener("click", (event) => {
  const toggle = closest(event, ".run-tree [data-fold]");
  if (!toggle) return;
  const node = toggle.closest(".node");
  fold(node, !isFolded(node));
});
