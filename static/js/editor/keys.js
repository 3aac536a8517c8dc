// Shortcuts of the page. Plain letters count only while nothing is being typed and no dialog or menu is open.

import { closest, isTyping } from "../lib/dom.js";
import { act } from "./actions.js";
import { isSelected, mayEdit, root, select, selected, tree } from "./page.js";
import { isTypingAhead, typeAhead } from "./tree.js";
import { viewShown } from "./views.js";

const ON_SELECTED = { a: "add", s: "add-after", d: "duplicate", x: "skip", t: "park", w: "wrap", m: "move", o: "fold", ".": "menu", ContextMenu: "menu", Delete: "remove", Backspace: "remove" };
const ANYWHERE = { "?": "help", 1: "view-outline", 2: "view-map", 3: "view-json", "[": "fold-level", "]": "unfold-level" };
const LETTERS = { f: "find" };
const WHILE_TYPING = { F8: ["next-problem", "previous-problem"] }; // alone, with Shift
const IN_MAP = { "+": "zoom-in", "=": "zoom-in", "-": "zoom-out", 0: "zoom-reset" };
const WITH_CTRL = { a: "select-all", z: "undo", y: "redo", Z: "redo", F: "find" };
const WITH_ALT = { ArrowUp: "move-up", ArrowDown: "move-down" };

/** The verb that a key asks for now, or undefined. */
function verbOf(event) {
  if (event.ctrlKey || event.metaKey) return WITH_CTRL[event.shiftKey ? event.key.toUpperCase() : event.key.toLowerCase()];
  if (event.altKey) return actionInSight() && WITH_ALT[event.key];
  if (viewShown() === "map" && event.shiftKey && event.code === "Digit1") return "zoom-fit"; // "!" or "1": layouts differ
  if (viewShown() === "map" && event.key in IN_MAP) return IN_MAP[event.key];
  if (event.key in ANYWHERE) return ANYWHERE[event.key];
  if (event.shiftKey || isTypingAhead()) return undefined;
  return (actionInSight() && ON_SELECTED[event.key]) || LETTERS[event.key];
}

/** Whether there is a selected action, and the tree to see it in. */
const actionInSight = () => viewShown() !== "json" && selected() !== null;

document.addEventListener("keydown", (event) => {
  if (event.key in WHILE_TYPING && !event.defaultPrevented && !closest(event, "dialog")) {
    event.preventDefault();
    return act(WHILE_TYPING[event.key][Number(event.shiftKey)]);
  }
  if (event.defaultPrevented || isTyping(event.target) || closest(event, "dialog, [popover], details[open]")) return;
  if (event.key === "/" && mayEdit) {
    event.preventDefault();
    const search = document.getElementById("palette-search");
    if (search.offsetParent) search.focus();
    else act(selected() ? "add" : "add-root", selected(), document.getElementById("add-root"));
    return;
  }
  const verb = verbOf(event);
  if (verb) {
    event.preventDefault();
    act(verb, selected());
  } else if (!event.ctrlKey && !event.metaKey && !event.altKey && /^\p{L}$/u.test(event.key)) {
    const node = closest(event, ".node");
    const target = node && typeAhead(node, event.key);
    if (target) select(target, { focus: true });
  } else if (event.key === "ArrowDown" && (event.target === document.body || event.target === root)) {
    select(selected() ?? tree().firstElementChild, { focus: true });
  }
});

document.getElementById("canvas").addEventListener("contextmenu", (event) => {
  const card = closest(event, ".node-card");
  if (!card || !mayEdit || event.button !== 2) return;
  event.preventDefault();
  if (!isSelected(card.parentElement)) select(card.parentElement, { scroll: false });
  act("menu", card.parentElement);
});
