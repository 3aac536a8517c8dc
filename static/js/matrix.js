// [data-matrix]: a table of links is one stop of the Tab key; arrows, Home and End go from link to link. The latest run,
// on the right, is what shows first.

import { closest } from "./lib/dom.js";

const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

const linksOf = (row) => [...row.querySelectorAll("a")];

/** Make `link` the one that Tab stops at. */
function stopAt(link) {
  const table = link.closest("table");
  table.querySelector('.mx > a[tabindex="0"]')?.setAttribute("tabindex", "-1");
  link.tabIndex = 0;
}

/** The next cell in a direction that has a link, or null: some runs did not know a node. */
function next(cell, [down, right]) {
  const rows = [...cell.closest("table").rows].filter((row) => row.querySelector(".mx"));
  let row = rows.indexOf(cell.parentElement);
  const across = (each) => [...each.querySelectorAll(".mx")];
  let column = across(cell.parentElement).indexOf(cell);
  for (;;) {
    row += down;
    column += right;
    const found = rows[row] && across(rows[row])[column];
    if (!found) return null;
    if (found.firstElementChild) return found.firstElementChild;
  }
}

for (const wrap of document.querySelectorAll("[data-matrix]")) {
  for (const link of wrap.querySelectorAll(".mx > a")) link.tabIndex = -1;
  const start = wrap.querySelector("tbody .mx-first") ?? wrap.querySelector("tbody tr:first-child td:last-child > a") ?? wrap.querySelector(".mx > a");
  if (start) start.tabIndex = 0;
  wrap.scrollLeft = wrap.scrollWidth;
}

// The words of a mark are sent once, as its name; for the mouse they become its tooltip.
document.addEventListener("pointerover", (event) => {
  const link = closest(event, "[data-matrix] tbody .mx > a");
  if (link) link.title = link.ariaLabel;
});

document.addEventListener("focusin", (event) => {
  const link = closest(event, "[data-matrix] .mx > a");
  if (link) stopAt(link);
});

document.addEventListener("keydown", (event) => {
  const link = closest(event, "[data-matrix] .mx > a");
  if (!link || event.ctrlKey || event.metaKey || event.altKey) return;
  const row = linksOf(link.closest("tr"));
  const to = event.key === "Home" ? row[0] : event.key === "End" ? row.at(-1) : STEPS[event.key] && next(link.parentElement, STEPS[event.key]);
  if (to === undefined) return;
  event.preventDefault();
  to?.focus();
});
