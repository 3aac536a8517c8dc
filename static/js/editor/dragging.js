// Dragging with mouse, pen and finger, by pointer events: new actions out of the palette, and cards. A mouse drags a card
// from anywhere; a finger by its icon at once, or from anywhere after resting on it a moment, so that scrolling still works.
// While something is dragged, a frame is what costs: each looks once at what is under the pointer and draws only what changed.

import { closest, element } from "../lib/dom.js";
import { autoscroll } from "./autoscroll.js";
import { carryNew, carryNodes } from "./carrying.js";
import { announce, cardOf, fold, isFolded, mayEdit, root } from "./page.js";
import { hideMark, light, pointedAt, showMark, unlight } from "./placing.js";
import { chosenWith } from "./selection.js";

const SLOP = { mouse: 4, pen: 6, touch: 10 }; // pixels that a pointer may wander before it is a drag
const REST = 350; // milliseconds until a resting finger picks something up
const HOVER = 600; // milliseconds over a folded card until it unfolds

const canvas = document.getElementById("canvas");
const SOURCES = [
  ["[data-choice]:not([popover] *)", (choice) => carryNew(choice.dataset.choice)],
  ["#tree .node-card", (card) => carryNodes(chosenWith(card.parentElement))],
];

/** Let elements that match a selector be dragged; `carry(element)` makes what is carried then (carrying.js). */
export const addSource = (selector, carry) => SOURCES.push([selector, carry]);

let pressed = null; // {pointer, kind, x, y, carry, timer}: held down, not yet dragged
let drag = null; // {pointer, x, y, carried, ghost, edges, at, frame, unfolded}

// --- From pressing to dragging ------------------------------------------------------------------------------

document.addEventListener("pointerdown", (event) => {
  if (pressed || drag || !event.isPrimary || event.button !== 0 || root.dataset.placing) return;
  const source = SOURCES.map(([selector, carry]) => [closest(event, selector), carry]).find(([found]) => found);
  if (!source || (closest(event, "button, a, input") && !source[0].matches("button"))) return;
  const [from, make] = source;
  const { pointerId: pointer, pointerType: kind, clientX: x, clientY: y } = event;
  pressed = { pointer, kind, x, y, carry: () => make(from), byHandle: closest(event, ".tile") !== null && from.matches(".node-card") };
  if (kind === "touch" && !pressed.byHandle) pressed.timer = setTimeout(begin, REST);
});

document.addEventListener("pointermove", (event) => {
  if (event.pointerId === drag?.pointer) {
    [drag.x, drag.y] = [event.clientX, event.clientY];
    drag.frame ||= requestAnimationFrame(draw);
  } else if (event.pointerId === pressed?.pointer && Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y) > SLOP[pressed.kind]) {
    if (pressed.timer) release(); // the finger scrolls
    else begin();
  }
});

function release() {
  clearTimeout(pressed?.timer);
  pressed = null;
}

function begin() {
  const { pointer, x, y, carry } = pressed;
  release();
  const carried = carry();
  const ghost = element("div", { class: "drag-ghost", "aria-hidden": "true" }, element("b", {}, carried.name), element("span", { hidden: true }));
  root.append(ghost);
  canvas.setPointerCapture(pointer);
  drag = { pointer, x, y, carry, carried, ghost, edges: canvas.getBoundingClientRect(), at: undefined, frame: 0, unfolded: [], hover: 0 };
  light(carried, "drag");
  announce(`Dragging ${carried.name}. Escape cancels.`);
  drag.frame = requestAnimationFrame(draw);
}

// --- While dragging -----------------------------------------------------------------------------------------

function draw() {
  drag.frame = 0;
  const { x, y, ghost, edges } = drag;
  ghost.style.transform = `translate(${x + 14}px, ${y + 12}px)`;
  const scrolled = autoscroll(canvas, edges, x, y);
  const at = pointedAt(x, y);
  if (!isSame(at, drag.at)) show(at);
  if (scrolled) drag.frame = requestAnimationFrame(draw);
}

const isSame = (one, other) => one === other
  || (one && other && one.node === other.node && one.refused?.parent === other.refused?.parent && one.place?.parent === other.place?.parent && one.place?.behind === other.place?.behind);

function show(at) {
  const hint = drag.ghost.lastChild;
  const moves = at?.place && !drag.carried.legal.isPresent(at.place);
  if (moves) showMark(at.place);
  else hideMark();
  const why = at && !at.place ? drag.carried.whyNot(at.refused) : "";
  hint.textContent = why;
  hint.hidden = !why;
  drag.ghost.classList.toggle("drag-ghost--no", Boolean(why));
  if (at?.node !== drag.at?.node) hover(at?.node);
  drag.at = at;
}

/** A folded card opens under a pointer that stays: only here, the workflow keeps it folded. */
function hover(node) {
  clearTimeout(drag.hover);
  if (!node || !isFolded(node)) return;
  drag.hover = setTimeout(() => {
    fold(node, false);
    drag.unfolded.push(node);
    drag.at = undefined;
    drag.frame ||= requestAnimationFrame(draw);
  }, HOVER);
}

// --- The end ------------------------------------------------------------------------------------------------

document.addEventListener("pointerup", (event) => {
  if (event.pointerId === pressed?.pointer) return release();
  if (event.pointerId !== drag?.pointer) return;
  cancelAnimationFrame(drag.frame);
  [drag.x, drag.y] = [event.clientX, event.clientY];
  const at = pointedAt(drag.x, drag.y);
  const { carried } = drag;
  end();
  swallowClick();
  if (at?.place && !carried.legal.isPresent(at.place)) carried.drop(at.place);
  else if (at && !at.place) carried.refuse(at.refused, at.node && cardOf(at.node));
});

function cancel() {
  for (const node of drag.unfolded) fold(node, true);
  end();
  announce("Cancelled. Nothing has moved.");
}

function end() {
  cancelAnimationFrame(drag.frame);
  clearTimeout(drag.hover);
  drag.ghost.remove();
  unlight();
  drag = null;
}

/** The click that a mouse makes after a drag is none. */
function swallowClick() {
  const swallow = (event) => { event.stopPropagation(); event.preventDefault(); };
  window.addEventListener("click", swallow, { capture: true, once: true });
  setTimeout(() => window.removeEventListener("click", swallow, { capture: true }));
}

document.addEventListener("pointercancel", (event) => {
  if (event.pointerId === pressed?.pointer) release();
  if (event.pointerId === drag?.pointer) cancel();
});
canvas.addEventListener("lostpointercapture", (event) => {
  if (event.target === canvas && event.pointerId === drag?.pointer) cancel();
});
window.addEventListener("blur", () => { if (drag) cancel(); });
window.addEventListener("keydown", (event) => {
  if (!drag || event.key !== "Escape") return;
  event.preventDefault();
  event.stopPropagation();
  cancel();
  window.addEventListener("pointerup", swallowClick, { capture: true, once: true }); // the button is still down
}, { capture: true });

// A finger that holds something must not scroll or bring up a menu. Whether it does is known only when it moves.
if (mayEdit) {
  for (const box of [canvas, document.querySelector(".palette")]) {
    box.addEventListener("touchmove", (event) => { if (drag) event.preventDefault(); }, { passive: false });
  }
}
document.addEventListener("contextmenu", (event) => { if (drag || pressed?.timer) event.preventDefault(); }, { capture: true });

// What others do meanwhile may change what is legal, or take away what is dragged.
document.addEventListener("editor:changed", () => {
  if (!drag) return;
  if (drag.carried.nodes.some((node) => !node.isConnected)) return cancel();
  unlight();
  drag.carried = drag.carry();
  light(drag.carried, "drag");
  drag.at = undefined;
});
