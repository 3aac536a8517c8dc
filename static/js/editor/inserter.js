// "+" in the gap above a card, while the pointer is there: inserts in front of that card. One button for the whole page.

import { openChoices } from "./choicemenu.js";
import { root } from "./page.js";
import { before } from "./places.js";

const NEAR = 7; // pixels around a card's upper edge
const button = document.getElementById("inserter");
const canvas = document.getElementById("canvas");
let node = null;

function show(event) {
  if (event.pointerType !== "mouse" || root.dataset.placing || button.contains(event.target)) return;
  const card = cardNear(event.clientX, event.clientY);
  button.hidden = !card;
  if (!card) return;
  node = card.parentElement;
  const box = card.getBoundingClientRect();
  const origin = canvas.getBoundingClientRect();
  button.style.left = `${box.left - origin.left + canvas.scrollLeft - 12}px`;
  button.style.top = `${box.top - origin.top + canvas.scrollTop - 15}px`;
}

/** The card whose upper edge is close to a point near its left end, or null. */
function cardNear(x, y) {
  for (const dy of [0, NEAR]) {
    const card = document.elementFromPoint(x, y + dy)?.closest(".node-card");
    if (!card) continue;
    const box = card.getBoundingClientRect();
    if (Math.abs(box.top - y) <= NEAR && x < box.left + 120) return card;
  }
  return null;
}

if (button) {
  canvas.addEventListener("pointermove", show);
  canvas.addEventListener("pointerleave", () => { button.hidden = true; });
  canvas.addEventListener("scroll", () => { button.hidden = true; }, { passive: true });
  button.addEventListener("click", () => openChoices(before(node), button));
}
