// The list of runs: the menu of filters loads when it opens, shift selects a range, and the number of the selected shows.

import { closest } from "./lib/dom.js";

// --- Filters ---

document.addEventListener("toggle", (event) => {
  const panel = event.target.open && event.target.querySelector?.(":scope > [data-filters]");
  if (!panel) return;
  const url = panel.dataset.filters;
  delete panel.dataset.filters;
  htmx.ajax("GET", url, { target: panel, swap: "innerHTML" }).then(() => panel.querySelector("input")?.focus());
}, { capture: true });

const FIELD = "[data-filter^='#filter-choices']";

// What is looked for shows in whatever group it is.
document.addEventListener("input", (event) => {
  if (!closest(event, FIELD)) return;
  for (const group of document.querySelectorAll(".runs-group")) {
    group.toggleAttribute("open", event.target.value !== "");
    if (event.target.value) group.removeAttribute("name");
    else group.setAttribute("name", "filter");
  }
});

document.addEventListener("keydown", (event) => {
  const typed = closest(event, FIELD);
  if (typed && event.key === "Enter" && typed.value) {
    event.preventDefault();
    document.querySelector(`${typed.dataset.filter} li:not([hidden]) a`)?.click();
  }
  if (event.key === "/" && !event.ctrlKey && !event.metaKey && !event.target.closest("input, textarea, select")) {
    event.preventDefault();
    document.querySelector(".runs-search input").focus();
  }
});

// --- Selecting ---

const boxes = () => [...document.querySelectorAll("[data-bulk] input[name='run']")];
const all = () => document.querySelector("[data-bulk] input[name='all']");
let last = null;

function tell() {
  const chosen = boxes().filter((box) => box.checked).length;
  const whole = document.querySelector("[data-pick-all]");
  if (!whole) return;
  whole.hidden = false;
  whole.checked = chosen > 0 && chosen === boxes().length;
  whole.indeterminate = chosen > 0 && !whole.checked;
  document.querySelector("[data-bulk-count]").textContent = all().checked ? "All selected" : `${chosen} selected`;
}

document.addEventListener("click", (event) => {
  const box = closest(event, "[data-bulk] input[name='run']");
  if (!box) return;
  const every = boxes();
  if (event.shiftKey && last?.isConnected) {
    const [from, to] = [every.indexOf(last), every.indexOf(box)].sort((a, b) => a - b);
    for (const each of every.slice(from, to + 1)) each.checked = box.checked;
  }
  last = box;
});

document.addEventListener("change", (event) => {
  if (closest(event, "[data-pick-all]")) for (const box of boxes()) box.checked = event.target.checked;
  if (!closest(event, "[data-bulk]")) return;
  if (event.target.name === "run" && !event.target.checked) all().checked = false;
  tell();
});

// A row that was selected stays so when its state is shown anew.
const chosen = new Set();
document.addEventListener("htmx:before:swap", () => boxes().forEach((box) => box.checked && chosen.add(box.value)));
document.addEventListener("htmx:after:swap", () => {
  for (const box of boxes()) if (chosen.has(box.value)) box.checked = true;
  chosen.clear();
  tell();
});

window.addEventListener("pageshow", tell);
