// The map: the outline drawn from left to right (static/css/editor-map.css), with zoom, fit and pan.
//
// The canvas scrolls by itself, so wheel, fingers, scrollIntoView and dragging near an edge need nothing of ours. Zoom is
// a transform: nothing is laid out anew, boxes on the screen stay true for menus and drops, and the point under the
// pointer can be kept to the pixel. CSS `zoom` would break lines differently at each step and lay out every card again.

import { closest, isTyping } from "../lib/dom.js";
import { drawSoon, follow } from "./minimap.js";
import { announce, cardOf, selected, tree } from "./page.js";
import { viewShown } from "./views.js";

const STEP = 1.25;
const LEAST = 0.05;
const MOST = 2;
const FAR = 0.45; // below this, small print is left out
const MARGIN = 24; // around everything, when all of it is shown

const canvas = document.getElementById("canvas");
const inner = canvas.querySelector(".canvas__inner");
const level = document.getElementById("zoom-level");
let zoom = 1;
let room = { x: 0, y: 0 }; // empty space around the tree, so that each card can come to the middle

const ZOOM = { in: () => step(zoom * STEP), out: () => step(zoom / STEP), reset: () => step(1), fit: zoomFit };

/** Show the whole tree, or as much of it as can be told apart. */
function zoomFit() {
  if (!isShown()) return;
  const [width, height] = [tree().offsetWidth, tree().offsetHeight];
  zoomTo(Math.min((canvas.clientWidth - 2 * MARGIN) / width, (canvas.clientHeight - 2 * MARGIN) / height, 1));
  center();
  say();
}

/** The tree in the middle; what does not fit begins at the upper left. */
function center() {
  const [spareX, spareY] = [canvas.clientWidth - tree().offsetWidth * zoom, canvas.clientHeight - tree().offsetHeight * zoom];
  canvas.scrollTo(room.x - Math.max(MARGIN, spareX / 2), room.y - Math.max(MARGIN, spareY / 2));
}

const isShown = () => viewShown() === "map";
const say = () => announce(`Zoom ${level.textContent}`);

function step(wanted) {
  if (!isShown()) return;
  const card = selected() && cardOf(selected()).getBoundingClientRect();
  const box = canvas.getBoundingClientRect();
  const isSeen = card && card.right > box.left && card.left < box.right && card.bottom > box.top && card.top < box.bottom;
  zoomTo(wanted, isSeen ? { x: card.left - box.left, y: card.top - box.top } : undefined);
  say();
}

/** Change the zoom; the point `at` of the canvas stays where it is (left out: its middle). */
function zoomTo(wanted, at = { x: canvas.clientWidth / 2, y: canvas.clientHeight / 2 }) {
  const x = (canvas.scrollLeft + at.x - room.x) / zoom;
  const y = (canvas.scrollTop + at.y - room.y) / zoom;
  zoom = Math.min(MOST, Math.max(LEAST, wanted));
  draw();
  canvas.scrollTo(x * zoom + room.x - at.x, y * zoom + room.y - at.y);
}

function draw() {
  inner.style.transform = `scale(${zoom})`;
  inner.style.padding = `${room.y / zoom}px ${room.x / zoom}px`;
  canvas.classList.toggle("canvas--far", zoom < FAR);
  level.textContent = `${Math.round(zoom * 100)} %`;
  follow();
}

/** The empty space follows the size of the canvas; what stands in its middle stays there. */
function makeRoom() {
  const before = room;
  room = { x: canvas.clientWidth * 0.6, y: canvas.clientHeight * 0.6 };
  draw();
  canvas.scrollBy(room.x - before.x, room.y - before.y);
}

/** In real size, so that everything can be hit: a small tree in the middle, else where it begins. */
function enter() {
  zoom = 1;
  room = { x: 0, y: 0 };
  makeRoom();
  center();
  drawSoon();
}

function leave() {
  inner.removeAttribute("style");
  canvas.classList.remove("canvas--far");
}

document.addEventListener("map:zoom", ({ detail }) => ZOOM[detail.to]());
document.addEventListener("view:shown", ({ detail }) => { if (detail.view === "map") enter(); else leave(); });
document.addEventListener("editor:changed", drawSoon);
document.addEventListener("editor:selected", drawSoon);
canvas.addEventListener("scroll", follow, { passive: true });
new ResizeObserver(() => { if (isShown()) makeRoom(); }).observe(canvas);
new ResizeObserver(drawSoon).observe(inner); // folded, unfolded

// --- Wheel and fingers ------------------------------------------------------------------------------------

const inCanvas = ({ clientX, clientY }) => {
  const box = canvas.getBoundingClientRect();
  return { x: clientX - box.left, y: clientY - box.top };
};

canvas.addEventListener("wheel", (event) => {
  if (!isShown() || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault(); // else the browser zooms the page
  zoomTo(zoom * Math.exp(-event.deltaY / (event.deltaMode ? 8 : 240)), inCanvas(event));
}, { passive: false });

let pinch = null;

/** Two fingers: how far apart, and where their middle is. */
function spread([one, two]) {
  const at = inCanvas({ clientX: (one.clientX + two.clientX) / 2, clientY: (one.clientY + two.clientY) / 2 });
  return { apart: Math.hypot(one.clientX - two.clientX, one.clientY - two.clientY), at };
}

canvas.addEventListener("touchstart", (event) => {
  pinch = isShown() && event.touches.length === 2 ? { zoom, ...spread(event.touches) } : null;
}, { passive: true });

canvas.addEventListener("touchmove", (event) => {
  if (!pinch || event.touches.length !== 2) return;
  event.preventDefault();
  const { apart, at } = spread(event.touches);
  canvas.scrollBy(pinch.at.x - at.x, pinch.at.y - at.y);
  pinch.at = at;
  zoomTo((pinch.zoom * apart) / pinch.apart, at);
}, { passive: false });

// --- Pan: drag the empty canvas; with Space or the middle button, from anywhere ------------------------------

let spaceHeld = false;
let pan = null; // where the pointer took hold of the map, in its pixels; whether it moved since

const isEmpty = (target) => !target.closest(".node-card, button, a, input");

document.addEventListener("keydown", (event) => {
  if (event.key !== " " || !isShown() || isTyping(event.target) || closest(event, "button, a, summary, dialog, [popover]")) return;
  if (!closest(event, ".node")) event.preventDefault(); // else the page scrolls
  spaceHeld = true;
  canvas.classList.add("canvas--grab");
});

for (const name of ["keyup", "blur"]) {
  window.addEventListener(name, (event) => {
    if (name === "keyup" && event.key !== " ") return;
    spaceHeld = false;
    canvas.classList.remove("canvas--grab");
  });
}

canvas.addEventListener("pointerdown", (event) => {
  if (!isShown() || event.pointerType === "touch" || event.button > 1) return;
  if (!spaceHeld && event.button === 0 && !isEmpty(event.target)) return;
  event.stopPropagation(); // no drag of a card begins
  event.preventDefault();
  pan = { x: event.clientX + canvas.scrollLeft, y: event.clientY + canvas.scrollTop, moved: false };
  canvas.setPointerCapture(event.pointerId);
}, { capture: true });

canvas.addEventListener("pointermove", (event) => {
  if (!pan) return;
  const [left, top] = [pan.x - event.clientX, pan.y - event.clientY];
  pan.moved ||= Math.hypot(left - canvas.scrollLeft, top - canvas.scrollTop) > 3;
  if (!pan.moved) return;
  canvas.classList.add("canvas--panning");
  canvas.scrollTo(left, top);
});

for (const name of ["pointerup", "pointercancel"]) {
  canvas.addEventListener(name, () => {
    if (pan?.moved) ignoreClick();
    pan = null;
    canvas.classList.remove("canvas--panning");
  });
}

/** The click that ends a pan selects nothing. It comes at once, or not at all. */
function ignoreClick() {
  const ignore = (event) => event.stopPropagation();
  canvas.addEventListener("click", ignore, { capture: true, once: true });
  setTimeout(() => canvas.removeEventListener("click", ignore, { capture: true }));
}

if (isShown()) enter();
