// The palette: what fits at the selected place. A click adds it there.

import { closest } from "../lib/dom.js";
import { add, describe, placeAtSelection } from "./places.js";
import { choiceKeys, showChoices } from "./choices.js";

const search = document.getElementById("palette-search");
const list = document.getElementById("palette-list");
const where = document.getElementById("palette-place");
let shownFor = null;

/** Draw what fits now; `again` also when the place is the one shown. */
export function showPalette(again = true) {
  const place = placeAtSelection();
  const key = `${place.parent} ${search.value}`;
  where.replaceChildren(...describe(place));
  if (!again && key === shownFor) return;
  shownFor = key;
  showChoices(list, place.parent, search.value);
}

if (search) {
  choiceKeys(search, list);
  search.addEventListener("input", () => showPalette());
  search.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    search.value = "";
    showPalette();
  });
  list.addEventListener("click", (event) => {
    const choice = closest(event, "[data-choice]");
    if (choice) add(choice.dataset.choice, placeAtSelection());
  });
  document.addEventListener("editor:selected", () => showPalette(false));
  document.addEventListener("editor:changed", () => showPalette(true));
}
