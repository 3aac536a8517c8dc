// Several selected actions: with Shift a range, with Ctrl (or Cmd) one more or one less, Ctrl+A all. What is done then is
// done to all of them, as one edit.

import { allSelected, announce, isSelected, mayEdit, nextSeen, nodeOf, select, selectAll, selected, tree } from "./page.js";

const panel = document.getElementById("several");
const form = document.getElementById("inspector-form");
let anchor = ""; // id of the action at which a range begins

const isBelowSelected = (node) => node.parentElement.closest('.node[aria-selected="true"]') !== null;

/** The selected actions in document order, without those that stand below another one: what an act is about. */
export const chosen = () => allSelected().filter((node) => !isBelowSelected(node));

/** What an act on `node` is about: all that are chosen when it is one of them, else it alone. */
export const chosenWith = (node) => (node && isSelected(node) ? chosen() : [node].filter(Boolean));

/** Select everything that is seen from where the range began to `node`, which leads from now on. */
export function extendTo(node) {
  const from = nodeOf(anchor) ?? node;
  const isBelow = from.compareDocumentPosition(node) & Node.DOCUMENT_POSITION_FOLLOWING;
  const [first, last] = isBelow ? [from, node] : [node, from];
  const range = [];
  for (let at = first; at && range.at(-1) !== last; at = nextSeen(at)) range.push(at);
  selectAll(range, node, { focus: true });
  say();
}

/** Select one more, or one less. */
export function toggle(node) {
  const others = allSelected().filter((each) => each !== node);
  anchor = node.dataset.nodeId;
  if (isSelected(node)) selectAll(others, others.at(-1) ?? null, { focus: true, scroll: false });
  else selectAll([...others, node], node, { focus: true, scroll: false });
  say();
}

/** Select everything that is seen. */
export function selectEverything() {
  const all = [];
  for (let at = tree().firstElementChild; at; at = nextSeen(at)) all.push(at);
  selectAll(all, selected() ?? all[0] ?? null, { focus: true, scroll: false });
  say();
}

/** Of several, keep only the one that leads. False when there are not several. */
export function reduce() {
  if (allSelected().length < 2) return false;
  select(selected(), { focus: true, scroll: false });
  return true;
}

const say = () => announce(`${allSelected().length} selected`);

document.addEventListener("editor:chosen", () => {
  const all = allSelected();
  if (all.length === 1) anchor = all[0].dataset.nodeId;
  const several = mayEdit && all.length > 1;
  if (!panel) return;
  panel.hidden = !several;
  form.hidden = several;
  if (several) panel.querySelector("h2").textContent = `${all.length} actions selected`;
});
