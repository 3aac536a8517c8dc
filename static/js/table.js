// A results table: a column's filter button chooses it in the dialog, and a filter that needs no value asks for none.

import { closest } from "./lib/dom.js";

const by = document.getElementById("sheet-by");
const op = document.getElementById("sheet-op");
const value = document.getElementById("sheet-value");

function fit() {
  const needed = op.value !== "empty" && op.value !== "filled";
  value.closest(".field").hidden = !needed;
  value.required = needed;
  if (!needed) value.value = "";
}

document.addEventListener("click", (event) => {
  const button = closest(event, "[data-by]");
  if (!button) return;
  by.value = button.dataset.by;
  fit();
  if (value.required) value.focus();
});
op.addEventListener("change", fit);
fit();
