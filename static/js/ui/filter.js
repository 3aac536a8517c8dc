// input[data-filter="#list"]: hides the [data-filter-text] in that list that do not hold every typed word, sections
// [data-filter-group] that become empty, and shows [data-filter-none] when nothing is left.

import { closest } from "../lib/dom.js";

export function filter(input) {
  const list = document.querySelector(input.dataset.filter);
  const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const item of list.querySelectorAll("[data-filter-text]")) {
    const text = item.dataset.filterText.toLowerCase();
    item.hidden = !words.every((word) => text.includes(word));
    shown += !item.hidden;
  }
  for (const group of list.querySelectorAll("[data-filter-group]")) {
    group.hidden = !group.querySelector("[data-filter-text]:not([hidden])");
  }
  const none = list.querySelector("[data-filter-none]");
  if (none) none.hidden = shown > 0;
}

document.addEventListener("input", (event) => {
  const input = closest(event, "input[data-filter]");
  if (input) filter(input);
});
