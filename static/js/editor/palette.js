// The palette: what fits at the selected place; a click adds it there. And the same on the page of an empty workflow.

import { closest } from "../lib/dom.js";
import { describe, placeAtSelection, rootPlace } from "./places.js";
import { nodeOf, selected, typeOf } from "./page.js";
import { choiceKeys, offerUnder, showChoices, showStarts } from "./choices.js";
import { addOrExplain } from "./refusals.js";

const search = document.getElementById("palette-search");
const list = document.getElementById("palette-list");
const where = document.getElementById("palette-place");
const first = document.getElementById("empty-choices");
let shownFor = null;

/** Draw what fits now, unless it is there already. */
export function showPalette() {
  const place = placeAtSelection();
  where.replaceChildren(...describe(place));
  const key = JSON.stringify([place.parent && typeOf(nodeOf(place.parent)), search.value, "all" in list.dataset]);
  if (key === shownFor) return;
  shownFor = key;
  showChoices(list, offerUnder(place.parent), search.value);
  requestAnimationFrame(() => { list.scrollTop = 0; }); // now it would lay out the page once more
  if (!first.firstElementChild) showStarts(first);
}

if (search) {
  choiceKeys(search, list);
  search.addEventListener("input", showPalette);
  search.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    search.value = "";
    showPalette();
  });
  for (const [element, place] of [[list, placeAtSelection], [first, () => rootPlace]]) {
    element.addEventListener("click", async (event) => {
      const choice = closest(event, "[data-choice]");
      if (!choice) return;
      await addOrExplain(choice, place(), choice);
      if ("misfit" in choice.dataset) return;
      // From the search field people go on adding; from a button on to what they added.
      if (document.activeElement !== search) selected()?.focus({ preventScroll: true });
    });
  }
  document.addEventListener("editor:selected", showPalette);
  document.addEventListener("editor:changed", showPalette);
}
