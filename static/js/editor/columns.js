// The Results tab: choose, rename and order the columns of the results table (templates/workflows/results.html). Names save
// themselves (fields.js); each change is an edit like any other. Loaded with the panel, and shows it (panels.js). Columns
// are dragged by their grip, or moved by buttons.

import { closest } from "../lib/dom.js";
import { choose as chooseTab } from "../ui/tabs.js";
import { edit } from "./edits.js";
import { selfSaving } from "./fields.js";
import { openInspector } from "./inspector.js";
import { stepper } from "./steps.js";

const panel = document.getElementById("panel-columns");
let dragged = null; // {row, pointer, before}: the column under the pointer, and the row that it would stand before
let wanted = null; // {row, control}: ids of what shall have the focus when the panel has come again

const keyOf = (row) => row.dataset.key;
const order = stepper(() => [...document.getElementById("columns-shown").children].map(keyOf));

const form = selfSaving(panel, {
  ownerOf: (row) => row.id,
  request: (row, value) => ["column-rename", { column: keyOf(row), value, was: row.dataset.was }],
  lead(id) {
    chooseTab(document.getElementById("tab-columns"));
    openInspector();
    document.getElementById(`${id}-name`)?.focus();
  },
});

/** Show the panel as the server has drawn it. */
export function show(fresh) {
  const top = panel.scrollTop;
  const mayFocus = panel.contains(document.activeElement) || document.activeElement === document.body;
  form.show(fresh, Boolean(panel.firstElementChild), () => panel);
  order.shown();
  form.forget((id) => !document.getElementById(`${id}-name`));
  panel.scrollTop = top;
  if (wanted && mayFocus) focusOn(wanted);
  wanted = null;
}

/** The same control of the same column again, wherever it stands now; else one that is near. */
function focusOn({ row, control }) {
  const same = document.getElementById(control);
  const near = document.getElementById(row)?.querySelector("button:not(:disabled)");
  (same && !same.disabled ? same : near ?? panel).focus({ preventScroll: !same && !near });
}

panel.addEventListener("click", (event) => {
  const button = closest(event, "[data-column-do]");
  if (!button) return;
  const { columnDo, by } = button.dataset;
  const row = button.closest(".column");
  wanted = { row: row?.id, control: button.id };
  if (by) order.step(keyOf(row), Number(by), "column-move", { column: keyOf(row) });
  else if (row) edit(`column-${columnDo}`, { column: keyOf(row) });
  else edit("columns-reset");
});

panel.addEventListener("keydown", (event) => {
  const input = closest(event, ".column__name");
  if (!input) return;
  if (event.key === "Escape") input.value = input.defaultValue;
  if (event.key !== "Enter") return;
  event.stopImmediatePropagation();
  input.blur(); // saves it
}, true);

// --- Dragging -----------------------------------------------------------------------------------------------

panel.addEventListener("pointerdown", (event) => {
  const grip = closest(event, "[data-grip]");
  if (!grip || event.button !== 0) return;
  event.preventDefault();
  const row = grip.closest(".column");
  dragged = { row, pointer: event.pointerId, before: undefined };
  grip.setPointerCapture(event.pointerId);
  row.classList.add("column--dragged");
});

panel.addEventListener("pointermove", (event) => {
  if (dragged?.pointer !== event.pointerId) return;
  const rows = [...document.getElementById("columns-shown").children];
  const next = rows.find((row) => event.clientY < row.getBoundingClientRect().top + row.offsetHeight / 2);
  dragged.before = next ?? null;
  for (const row of rows) row.classList.toggle("column--mark", row === next);
  rows.at(-1).classList.toggle("column--mark-end", !next);
  const box = panel.getBoundingClientRect();
  if (event.clientY < box.top + 32) panel.scrollBy(0, -12);
  if (event.clientY > box.bottom - 32) panel.scrollBy(0, 12);
});

function drop(event) {
  if (dragged?.pointer !== event.pointerId) return;
  const { row, before } = dragged;
  dragged = null;
  for (const each of panel.querySelectorAll(".column")) each.classList.remove("column--dragged", "column--mark", "column--mark-end");
  if (event.type === "pointercancel" || before === undefined || before === row || before === row.nextElementSibling) return;
  edit("column-move", { column: keyOf(row), before: before ? keyOf(before) : "" });
}

panel.addEventListener("pointerup", drop);
panel.addEventListener("pointercancel", drop);
