// The small picture of the whole map: each card as a bar, and a frame for what is on the screen. Drawn on one <canvas> from
// the boxes that the browser has laid out, a moment after they changed; dragging in it moves the map.

import { groupOf, isFolded, selectedId, tree } from "./page.js";

const PAUSE = 120; // milliseconds: edits come first
const SEEN = 1 / 25; // true to scale as long as a card is then some pixels high, else
const STRETCH = 6; // at most so many times wider than it is high, or the other way round: a long map fills the picture too
const canvas = document.getElementById("canvas");
const picture = document.getElementById("minimap");
const paper = picture.querySelector("canvas");
const frame = picture.querySelector(".minimap__frame");
let timer = 0;
let scale = null; // {x, y}: pixels of the picture per pixel of the tree, unzoomed

const isShown = () => picture.offsetParent !== null;

/** Draw the picture again, soon. */
export function drawSoon() {
  timer ||= setTimeout(() => { timer = 0; if (isShown()) draw(); }, PAUSE);
}

/** Put the frame around what is on the screen now. */
export function follow() {
  if (!scale || !isShown()) return;
  const { left, top, zoom } = origin();
  const box = canvas.getBoundingClientRect();
  frame.style.left = `${((box.left - left) / zoom) * scale.x}px`;
  frame.style.top = `${((box.top - top) / zoom) * scale.y}px`;
  frame.style.width = `${(box.width / zoom) * scale.x}px`;
  frame.style.height = `${(box.height / zoom) * scale.y}px`;
}

function origin() {
  const box = tree().getBoundingClientRect();
  return { left: box.left, top: box.top, zoom: box.width / tree().offsetWidth || 1 };
}

/** Cards that are not folded away, in one go: no style is touched while boxes are read. */
function cards() {
  const found = [];
  const waiting = [...tree().children];
  while (waiting.length) {
    const node = waiting.pop();
    found.push([node.dataset.nodeId, node.firstElementChild.getBoundingClientRect()]);
    if (!isFolded(node)) waiting.push(...groupOf(node).children);
  }
  return found;
}

function draw() {
  const { left, top, zoom } = origin();
  const [width, height] = [picture.clientWidth, picture.clientHeight];
  const boxes = cards();
  const chosen = selectedId();
  const [x, y] = [width / tree().offsetWidth, height / tree().offsetHeight];
  const stretch = Math.min(x, y) > SEEN ? 1 : STRETCH;
  scale = { x: Math.min(x, y * stretch), y: Math.min(y, x * stretch) };
  const { color, accentColor } = getComputedStyle(picture);
  paper.width = width * devicePixelRatio;
  paper.height = height * devicePixelRatio;
  const brush = paper.getContext("2d");
  brush.scale(scale.x * devicePixelRatio / zoom, scale.y * devicePixelRatio / zoom);
  const thin = { x: zoom / scale.x, y: zoom / scale.y }; // one pixel of the picture
  for (const [id, box] of boxes) {
    const isChosen = id === chosen;
    const least = isChosen ? 4 : 1;
    brush.fillStyle = isChosen ? accentColor : color;
    brush.fillRect(box.left - left, box.top - top, Math.max(least * thin.x, box.width), Math.max(least * thin.y, box.height));
  }
  follow();
}

function go(event) {
  if (!scale) return;
  const { left, top, zoom } = origin();
  const box = canvas.getBoundingClientRect();
  const at = picture.getBoundingClientRect();
  canvas.scrollBy(
    ((event.clientX - at.left) / scale.x) * zoom - (box.left + box.width / 2 - left),
    ((event.clientY - at.top) / scale.y) * zoom - (box.top + box.height / 2 - top),
  );
}

picture.addEventListener("pointerdown", (event) => {
  picture.setPointerCapture(event.pointerId);
  go(event);
});
picture.addEventListener("pointermove", (event) => { if (picture.hasPointerCapture(event.pointerId)) go(event); });
