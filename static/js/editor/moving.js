// Moving without dragging: the arrows step through the legal places, Enter drops, Escape cancels; a click on a legal place
// drops there, and the bar has buttons for all of it. Nothing else can be done meanwhile.

import { closest, isTyping } from "../lib/dom.js";
import { toast } from "../ui/toast.js";
import { carryNodes, carryParked, placeInWords } from "./carrying.js";
import { announce, fold, isFolded, parentOf, selected } from "./page.js";
import { light, pointedAt, scrollToMark, showMark, unlight } from "./placing.js";
import { chosenWith } from "./selection.js";

const LEAP = 10; // places that Page up and Page down pass over
const canvas = document.getElementById("canvas");
const bar = document.getElementById("move-bar");
let moving = null; // {nodes, carried, places, at, unfolded, again}

/** Begin to move a node, or all that are selected with it. */
export function startMoving(node) {
  const nodes = chosenWith(node);
  begin(nodes, carryNodes(nodes), "Move", () => startMoving(node));
}

/** Begin to put back a branch that is laid aside (the element of the tray). */
export const startPuttingBack = (branch) => begin([branch], carryParked(branch), "Put back", () => startPuttingBack(branch));

function begin(nodes, carried, verb, again) {
  if (moving) stop();
  const { places, above } = carried.legal.places();
  if (!places.length) return toast(`There is no other place where ${carried.name} may stand.`, { kind: "info" });
  moving = { nodes, carried, places, at: 0, unfolded: [], again };
  light(carried, "move");
  bar.hidden = false;
  bar.querySelector("[data-what]").textContent = `${verb} ${carried.name}`;
  nodes[0].focus({ preventScroll: true });
  show(carried.nodes.length ? Math.min(above, places.length - 1) : besideSelected(places));
}

/** Which place is under the selected action, or behind it; else the first. */
function besideSelected(places) {
  const node = selected();
  const under = node ? places.findLastIndex(({ parent }) => parent === node) : 0;
  return Math.max(0, under < 0 ? places.findIndex(({ behind }) => behind === node) : under);
}

const STEPS = {
  ArrowDown: (at) => at + 1,
  ArrowUp: (at) => at - 1,
  PageDown: (at) => at + LEAP,
  PageUp: (at) => at - LEAP,
  Home: () => 0,
  End: () => Infinity,
  ArrowRight: (at) => nextParent(at, 1),
  ArrowLeft: (at) => nextParent(at, -1),
};

/** The nearest place, forwards or backwards, that is below another parent. */
function nextParent(at, by) {
  const { places } = moving;
  let next = at;
  while (places[next] && places[next].parent === places[at].parent) next += by;
  return next;
}

function show(at) {
  const { places, nodes } = moving;
  moving.at = Math.max(0, Math.min(at, places.length - 1));
  const place = places[moving.at];
  unfold(place.parent);
  showMark(place);
  scrollToMark();
  const words = `${placeInWords(place, nodes)}. Place ${moving.at + 1} of ${places.length}`;
  bar.querySelector("[data-where]").textContent = words;
  announce(words);
}

/** A place inside something folded is shown: only here, the workflow keeps it folded. */
function unfold(node) {
  for (let at = node; at; at = parentOf(at)) {
    if (isFolded(at)) moving.unfolded.push(at);
    fold(at, false);
  }
}

function stop() {
  const { nodes } = moving;
  unlight();
  bar.hidden = true;
  moving = null;
  nodes.find((node) => node.isConnected)?.focus({ preventScroll: true });
}

function cancel() {
  for (const node of moving.unfolded) fold(node, true);
  stop();
  announce("Cancelled. Nothing has moved.");
}

function drop(place) {
  const { carried } = moving;
  stop();
  carried.drop(place);
}

const ACTS = {
  up: () => show(moving.at - 1),
  down: () => show(moving.at + 1),
  drop: () => drop(moving.places[moving.at]),
  cancel: () => cancel(),
};

bar?.addEventListener("click", (event) => {
  const button = closest(event, "[data-move]");
  if (button) ACTS[button.dataset.move]();
});

document.addEventListener("keydown", (event) => {
  if (!moving || event.ctrlKey || event.metaKey || event.altKey || event.key === "Tab" || isTyping(event.target) || closest(event, "dialog, [popover]")) return;
  if (closest(event, "#move-bar button") && (event.key === "Enter" || event.key === " ")) return;
  event.preventDefault();
  event.stopPropagation();
  if (event.key in STEPS) show(STEPS[event.key](moving.at));
  else if (event.key === "Enter") ACTS.drop();
  else if (event.key === "Escape") cancel();
}, { capture: true });

canvas.addEventListener("click", (event) => {
  if (!moving) return;
  event.preventDefault();
  event.stopPropagation();
  const at = pointedAt(event.clientX, event.clientY);
  if (at?.place) drop(at.place);
  else if (at) {
    const why = moving.carried.whyNot(at.refused);
    bar.querySelector("[data-where]").textContent = why;
    announce(why);
  }
}, { capture: true });

// What others do meanwhile may change what is legal, or take away what moves.
document.addEventListener("editor:changed", () => {
  if (!moving) return;
  const { nodes, again } = moving;
  if (nodes.every((node) => node.isConnected)) again();
  else cancel();
});
document.addEventListener("view:shown", () => { if (moving) cancel(); });
