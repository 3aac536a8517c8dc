// The Results tab: choose, rename and order the columns of the results table (templates/workflows/results.html). Each
// change is stored at once; it is no edit of the tree. Loaded with the panel (panels.js). Columns are dragged by their grip, or moved by buttons.

import { closest } from "../lib/dom.js";
import { csrfHeaders } from "../lib/csrf.js";
import { toast } from "../ui/toast.js";
import { fragment } from "./edits.js";
import { announce } from "./page.js";

const panel = document.getElementById("panel-columns");
let dragged = null; // {row, pointer, before}: the column under the pointer, and the row that it would stand before
let last = Promise.resolve();

/** Send one change after another: each is made to what the one before left. */
function change(verb, fields, focus) {
  last = last.then(() => send(verb, fields, focus));
  return last;
}

async function send(verb, fields, focus) {
  const address = panel.querySelector("[data-columns]").dataset.columns;
  const body = new URLSearchParams(fields);
  let answer;
  try {
    answer = await fetch(`${address}/${verb}`, { method: "POST", body, headers: { ...csrfHeaders(), "HX-Request": "true" } });
  } catch {
    return toast("The columns were not saved: there is no connection. Try again.", { kind: "error" });
  }
  if (!answer.ok && answer.status !== 422) return toast("The columns were not saved. Load the page again.", { kind: "error" });
  const [open, top] = [document.getElementById("columns-more")?.open, panel.scrollTop];
  panel.replaceChildren(fragment(await answer.text()));
  const more = document.getElementById("columns-more");
  if (more && open) more.open = true;
  panel.scrollTop = top;
  if (focus) focusOn(fields.key, focus);
}

const rowOf = (key) => panel.querySelector(`.column[data-key="${CSS.escape(key)}"]`);

/** The same control of the same column again, wherever it stands now; else one that is near. */
function focusOn(key, selector) {
  const row = key && rowOf(key);
  const control = row?.querySelector(selector);
  (control && !control.disabled ? control : row?.querySelector("button:not(:disabled)") ?? panel).focus({ preventScroll: !row });
}

panel.addEventListener("click", (event) => {
  const button = closest(event, "[data-column-do]");
  if (!button) return;
  const verb = button.dataset.columnDo;
  const key = button.closest(".column")?.dataset.key ?? "";
  const { before = "" } = button.dataset;
  const focus = verb === "move" ? `[id$="${button.id.endsWith("-up") ? "-up" : "-down"}"]` : "button";
  change(verb, { key, before }, focus).then(() => announce(verb === "move" ? "Moved." : "Saved."));
});

panel.addEventListener("change", (event) => {
  const input = closest(event, ".column__name");
  if (!input) return;
  const next = document.activeElement;
  const key = input.closest(".column").dataset.key;
  change("rename", { key, title: input.value, was: input.dataset.was }).then(() => {
    document.getElementById(next.id)?.focus();
    announce("Renamed.");
  });
});

panel.addEventListener("keydown", (event) => {
  const input = closest(event, ".column__name");
  if (!input) return;
  if (event.key === "Enter") input.blur();
  if (event.key === "Escape") input.value = input.dataset.was;
});

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
  change("move", { key: row.dataset.key, before: before?.dataset.key ?? "" });
}

panel.addEventListener("pointerup", drop);
panel.addEventListener("pointercancel", drop);
