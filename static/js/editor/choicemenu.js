// The "+" menu: exactly the actions that may stand at a place, searchable. One menu for the whole page.

import { closest } from "../lib/dom.js";
import { add, describe } from "./places.js";
import { choiceKeys, showChoices } from "./choices.js";
import { openAt } from "./popover.js";

const menu = document.getElementById("choice-menu");
const input = menu?.querySelector("input");
const list = menu?.querySelector(".choices");
let place = null;

/** Open it for a place, at an element. */
export function openChoices(where, anchor) {
  place = where;
  menu.querySelector("#choice-menu-title").replaceChildren(...describe(place));
  input.value = "";
  showChoices(list, place.parent);
  openAt(menu, anchor);
  list.scrollTop = 0;
  // On a touch screen a focused field would bring the keyboard up over the list.
  (matchMedia("(pointer: coarse)").matches ? list.querySelector(".choice") : input)?.focus();
}

if (menu) {
  choiceKeys(input, list);
  input.addEventListener("input", () => showChoices(list, place.parent, input.value));
  list.addEventListener("click", (event) => {
    const choice = closest(event, "[data-choice]");
    if (!choice) return;
    menu.hidePopover();
    add(choice.dataset.choice, place);
  });
}
