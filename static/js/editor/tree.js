// The outline under mouse, finger and keyboard, after the ARIA tree pattern: one tab stop, arrows, Home, End, type-ahead.

import { closest, isTyping } from "../lib/dom.js";
import { childrenOf, fold, groupOf, isFolded, lastSeen, mayEdit, nameOf, nextSeen, parentOf, previousSeen, root, select, selected, tree } from "./page.js";
import { edit } from "./edits.js";
import { openInspector } from "./inspector.js";
import { isPicking } from "./picking.js";
import { viewShown } from "./views.js";
import { extendTo, reduce, toggle } from "./selection.js";

const canvas = document.getElementById("canvas");

canvas.addEventListener("click", (event) => {
  const card = closest(event, ".node-card");
  if (!card) {
    if (event.target === canvas || event.target.matches(".canvas__inner, .tree, .tree ul")) select(null);
    return;
  }
  const node = card.parentElement;
  if (closest(event, '[data-do="toggle"]')) return setFolded([node], !isFolded(node));
  if (closest(event, "[data-do]")) return;
  if (event.shiftKey) return extendTo(node);
  if (event.ctrlKey || event.metaKey || isPicking()) return toggle(node);
  select(node, { focus: true, scroll: false });
  openInspector();
});

/** Fold or unfold nodes, here and (for people who may change it) in the workflow. */
export function setFolded(nodes, folded) {
  const ids = nodes.filter((node) => fold(node, folded)).map((node) => node.dataset.nodeId);
  if (ids.length && mayEdit) edit("collapsed", { node: ids, on: folded ? 1 : 0 });
  const outermost = selected() && outermostFolded(selected());
  if (outermost) select(outermost, { focus: true });
}

/** Every node with children. */
export const parents = () => [...tree().querySelectorAll("[aria-expanded]")];

function outermostFolded(node) {
  let found = null;
  for (let at = parentOf(node); at; at = parentOf(at)) if (isFolded(at)) found = at;
  return found;
}

const KEYS = {
  ArrowDown: (node) => nextSeen(node),
  ArrowUp: (node) => previousSeen(node),
  ArrowRight(node) {
    if (isFolded(node)) setFolded([node], false);
    else return groupOf(node).firstElementChild;
  },
  ArrowLeft(node) {
    if (node.getAttribute("aria-expanded") === "true" && viewShown() !== "map") setFolded([node], true);
    else return parentOf(node);
  },
  Home: () => tree().firstElementChild,
  End: () => lastSeen(tree().lastElementChild),
  "*": (node) => { setFolded(childrenOf(parentOf(node)), false); },
  " ": (node) => node,
  Enter(node) { select(node); openInspector({ focus: true }); },
  Escape: () => { if (!reduce()) select(null); },
};
const EXTENDING = new Set(["ArrowDown", "ArrowUp", "Home", "End"]);

root.addEventListener("keydown", (event) => {
  const node = closest(event, ".node");
  if (!node || event.defaultPrevented || isTyping(event.target)) return;
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target !== node && (event.key === "Enter" || event.key === " ")) return; // a button of the card
  const go = KEYS[event.key] ?? (event.key.length === 1 && letters ? typeAhead : null);
  if (!go) return;
  event.preventDefault();
  if (event.key in KEYS) letters = "";
  const target = go(node, event.key);
  if (!target) return;
  if (event.shiftKey && EXTENDING.has(event.key)) extendTo(target);
  else select(target, { focus: true });
});

// --- Type-ahead: letters that are no command, or any letter after the first ------------------------------

let letters = "";
let forget;

/** Take a typed letter into account: the next seen action whose name begins with what was typed. */
export function typeAhead(node, key) {
  clearTimeout(forget);
  forget = setTimeout(() => { letters = ""; }, 700);
  letters += key.toLowerCase();
  const start = letters.length > 1 ? node : nextSeen(node) ?? tree().firstElementChild;
  let at = start;
  do {
    if (nameOf(at).toLowerCase().startsWith(letters)) return at;
    at = nextSeen(at) ?? tree().firstElementChild;
  } while (at !== start);
  return null;
}

export const isTypingAhead = () => letters !== "";
