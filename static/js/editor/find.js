// Search in the tree. The server looks (editor/workflows/finding.py), because a card shows only a part of what its action
// says; here the matches are marked, counted and walked through. The focus stays in the field until Escape, which takes
// it to the match.

import { closest } from "../lib/dom.js";
import { cardOf, nodeOf, select, selected, tree, url } from "./page.js";
import { showView, viewShown } from "./views.js";

const PAUSE = 150; // milliseconds without a key before the server is asked
const MARK = "node--found";

const canvas = document.getElementById("canvas");
const panel = document.getElementById("find");
const field = panel.querySelector("input");
const count = panel.querySelector(".find__count");
const where = panel.querySelector(".find__where");
const opener = document.querySelector('[data-do="find"]');
let matches = []; // [{id, where, text}] in document order
let at = -1;
let asked = 0;
let timer = 0;

/** Open the field, or go back to it. */
export function openFind() {
  if (viewShown() === "json") showView("outline");
  panel.hidden = false;
  canvas.classList.add("canvas--finding");
  opener.setAttribute("aria-expanded", true);
  field.focus();
  field.select();
  if (field.value) search({ go: false });
}

function close() {
  panel.hidden = true;
  canvas.classList.remove("canvas--finding");
  opener.setAttribute("aria-expanded", false);
  const node = nodeOf(matches[at]?.id) ?? selected();
  show([]);
  (node ?? opener).focus({ preventScroll: true });
}

/** Ask for the matches; `go`: also to the first one from the selected action on. */
async function search({ go }) {
  const turn = (asked += 1);
  const words = field.value.trim();
  const answer = words ? await fetch(`${url}/find?${new URLSearchParams({ words })}`).catch(() => null) : null;
  const found = answer?.ok ? (await answer.json()).found : [];
  if (turn !== asked || panel.hidden) return;
  const before = matches[at]?.id;
  show(found.filter(({ id }) => nodeOf(id)));
  if (words && !answer?.ok) count.textContent = "No connection";
  if (go && matches.length) goTo(firstFrom(selected()));
  else point(matches.findIndex(({ id }) => id === before));
}

function firstFrom(node) {
  if (!node) return 0;
  const isBehind = ({ id }) => id === node.dataset.nodeId || node.compareDocumentPosition(nodeOf(id)) & Node.DOCUMENT_POSITION_FOLLOWING;
  return Math.max(0, matches.findIndex(isBehind));
}

/** Mark the cards of these matches, and the words in them. */
function show(found) {
  for (const node of tree().querySelectorAll(`.${MARK}`)) node.classList.remove(MARK);
  matches = found;
  const nodes = matches.map(({ id }) => nodeOf(id));
  for (const node of nodes) node.classList.add(MARK);
  if (CSS.highlights) CSS.highlights.set("found", new Highlight(...nodes.flatMap(rangesIn)));
  for (const button of panel.querySelectorAll('[data-find="next"], [data-find="previous"]')) button.disabled = !matches.length;
  point(-1);
}

/** The places of the words in the text of a card. */
function rangesIn(node) {
  const wanted = field.value.trim().toLowerCase();
  const walker = document.createTreeWalker(cardOf(node).querySelector(".node-main"), NodeFilter.SHOW_TEXT);
  const ranges = [];
  while (walker.nextNode()) {
    const text = walker.currentNode;
    const start = text.data.toLowerCase().indexOf(wanted);
    if (start < 0 || start + wanted.length > text.length) continue;
    const range = new Range();
    range.setStart(text, start);
    range.setEnd(text, start + wanted.length);
    ranges.push(range);
  }
  return ranges;
}

/** Say which match is the present one. */
function point(index) {
  at = index;
  const match = matches[at];
  count.textContent = !field.value.trim() ? "" : match ? `${at + 1} of ${matches.length}` : matches.length ? `${matches.length} found` : "Nothing found";
  where.hidden = !match || ["Name", "Type"].includes(match.where);
  where.textContent = match ? (match.text.startsWith(match.where) ? match.text : `${match.where}: ${match.text}`) : "";
}

function goTo(index) {
  if (!matches.length) return;
  point((index + matches.length) % matches.length);
  const node = nodeOf(matches[at].id);
  if (node) select(node);
}

/** The next match, or the one before; the first time from the selected action. */
function step(by) {
  goTo(at < 0 ? firstFrom(selected()) : at + by);
}

field.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(() => search({ go: true }), PAUSE);
});

panel.addEventListener("keydown", (event) => {
  if (event.key === "Escape") close();
  else if (event.key === "Enter" && event.target === field) step(event.shiftKey ? -1 : 1);
  else return;
  event.preventDefault();
  event.stopPropagation();
});

panel.addEventListener("click", (event) => {
  const button = closest(event, "[data-find]");
  if (!button) return;
  if (button.dataset.find === "close") close();
  else step(button.dataset.find === "next" ? 1 : -1);
});

// The browser's own keys for "find again", while there is something of ours to be found again.
document.addEventListener("keydown", (event) => {
  if (event.key !== "F3" || panel.hidden || closest(event, "dialog")) return;
  event.preventDefault();
  step(event.shiftKey ? -1 : 1);
});

document.addEventListener("editor:changed", () => { if (!panel.hidden && field.value.trim()) search({ go: false }); });
