// The "+" menu: the actions that may stand at a place, searchable. One menu for the whole page.

import { closest } from "../lib/dom.js";
import { choiceKeys, offerUnder, showChoices } from "./choices.js";
import { describe } from "./places.js";
import { openAt } from "./popover.js";
import { addOrExplain } from "./refusals.js";

const menu = document.getElementById("choice-menu");
const input = menu?.querySelector("input");
const list = menu?.querySelector(".choices");
let shown = null; // {offer, choose}

/** Open it for a place, at an element. */
export const openChoices = (place, anchor) =>
  openMenu(describe(place), offerUnder(place.parent), anchor, (choice) => addOrExplain(choice, place, anchor));

/** Open it for any offer (choices.js); `title`: nodes; choose(button) is called with what was chosen. */
export function openMenu(title, offer, anchor, choose) {
  shown = { offer, choose };
  menu.querySelector("#choice-menu-title").replaceChildren(...title);
  input.value = "";
  delete list.dataset.all;
  showChoices(list, offer);
  openAt(menu, anchor);
  list.scrollTop = 0;
  // On a touch screen a focused field would bring the keyboard up over the list.
  (matchMedia("(pointer: coarse)").matches ? list.querySelector(".choice") : input)?.focus();
}

if (menu) {
  choiceKeys(input, list);
  input.addEventListener("input", () => showChoices(list, shown.offer, input.value));
  list.addEventListener("click", (event) => {
    const choice = closest(event, "[data-choice]");
    if (!choice) return;
    menu.hidePopover();
    shown.choose(choice);
  });
}
