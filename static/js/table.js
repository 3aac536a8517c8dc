// A results table: a column's filter button chooses it in the dialog, a filter that needs no value asks for none, one of
// how an action went knows the words for that, and a press on a text that is cut off shows all of it, in its cell.

import { closest } from "./lib/dom.js";

const by = document.getElementById("sheet-by");
const op = document.getElementById("sheet-op");
const value = document.getElementById("sheet-value");

function fit() {
  const needed = op.value !== "empty" && op.value !== "filled";
  value.closest(".field").hidden = !needed;
  value.required = needed;
  if (!needed) value.value = "";
  value.setAttribute("list", by.selectedOptions[0]?.dataset.list ?? "");
}

document.addEventListener("click", (event) => {
  const button = closest(event, "[data-by]");
  if (!button) return;
  by.value = button.dataset.by;
  fit();
  if (value.required) value.focus();
});
document.addEventListener("click", (event) => {
  const text = closest(event, ".sheet-table td > div");
  if (!text || String(getSelection())) return; // selecting is no press
  const cell = text.parentElement;
  if ("whole" in cell.dataset) delete cell.dataset.whole;
  else if (text.scrollWidth > text.clientWidth) cell.dataset.whole = "";
});
for (const choice of [by, op]) choice.addEventListener("change", fit);
fit();
