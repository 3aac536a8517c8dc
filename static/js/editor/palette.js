// The palette: what fits at the selected place; a click adds it there. And the same on the page of an empty workflow.

import { closest } from "../lib/dom.js";
import { add, describe, placeAtSelection, rootPlace } from "./places.js";
import { choiceKeys, showChoices, showStarts } from "./choices.js";

const search = document.getElementById("palette-search");
const list = document.getElementById("palette-list");
const where = document.getElementById("palette-place");
const first = document.getElementById("empty-choices");
let shownFor = null;

/** Draw what fits now; `again` also when the place is the one shown. */
export function showPalette(again = true) {
  const place = placeAtSelection();
  const key = `${place.parent} ${search.value}`;
  where.replaceChildren(...describe(place));
  if (!again && key === shownFor) return;
  shownFor = key;
  showChoices(list, place.parent, search.value);
  if (!first.firstElementChild) showStarts(first);
}

if (search) {
  choiceKeys(search, list);
  search.addEventListener("input", () => showPalette());
  search.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    search.value = "";
    showPalette();
  });
  for (const [element, place] of [[list, placeAtSelection], [first, () => rootPlace]]) {
    element.addEventListener("click", (event) => {
      const choice = closest(event, "[data-choice]");
      if (choice) add(choice.dataset.choice, place());
    });
  }
  document.addEventListener("editor:selected", () => showPalette(false));
  document.addEventListener("editor:changed", () => showPalette(true));
}
