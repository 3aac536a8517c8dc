// Putting an input into a field: from the menu of the "{ }" button, or from the list that comes up behind "{{". Which
// inputs fit is the server's word (W/inputs/menu).

import { closest, element } from "../lib/dom.js";
import { edit, fragment } from "./edits.js";
import { begunName, valuesOf } from "./fields.js";
import { inspected, saveAs } from "./inspector.js";
import { addChips } from "./listfield.js";
import { openAt } from "./popover.js";
import { announce, url } from "./page.js";

const holder = document.getElementById("inspector-form");
const menu = document.getElementById("input-menu");
const names = document.getElementById("input-names");
const placeholder = (name) => `{{ ${name} }}`;
const textOf = (field) => field.querySelector("input[type=text][data-value], textarea[data-value]");

/** The menu of a field, as the server draws it; null when there is none, or no connection. */
async function offeredTo(field) {
  const query = new URLSearchParams({ node: inspected(), field: field.dataset.field });
  const response = await fetch(`${url}/inputs/menu?${query}`, { headers: { "HX-Request": "true" } }).catch(() => null);
  return response?.ok ? fragment(await response.text()) : null;
}

// --- The menu of a field ------------------------------------------------------------------------------------

let chosenFor = null; // the id of the field whose menu is open

async function openMenu(button) {
  const field = button.closest("[data-field]");
  const offered = await offeredTo(field);
  if (!offered) return;
  chosenFor = field.id;
  menu.replaceChildren(offered);
  openAt(menu, button);
  items()[0]?.focus();
}

const items = () => [...menu.querySelectorAll('[role="menuitem"]')];

menu?.addEventListener("keydown", (event) => {
  const at = items().indexOf(document.activeElement);
  const next = { ArrowDown: items()[(at + 1) % items().length], ArrowUp: items().at(at - 1), Home: items()[0], End: items().at(-1) }[event.key];
  if (event.key === "Tab") menu.hidePopover();
  if (!next) return;
  event.preventDefault();
  next.focus();
});

menu?.addEventListener("click", (event) => {
  const item = closest(event, '[role="menuitem"]');
  const field = document.getElementById(chosenFor);
  if (!item || !field) return;
  menu.hidePopover();
  if ("inputNew" in item.dataset) makeInput(field);
  else use(field, item.dataset.inputName);
});

/** Put an input into a field: at the cursor of a text, behind the entries of a list, else as all of it. */
function use(field, name) {
  const { kind } = field.dataset;
  const text = textOf(field);
  if (kind === "texts") addChips(field, [placeholder(name)]);
  else if (kind === "choices") saveAs(field, [...valuesOf(field), placeholder(name)]);
  else if (kind === "text" || kind === "long-text") {
    text.setRangeText(placeholder(name), text.selectionStart, text.selectionEnd, "end");
    text.focus();
    saveAs(field);
  } else saveAs(field, [placeholder(name)]);
}

/** Make an input of a field; what stands in it becomes the default. */
async function makeInput(field) {
  field.dataset.held = "soon"; // so that it is drawn anew even with the cursor in it (fields.js)
  if (!textOf(field) || (await saveAs(field))) edit("input-from", { node: inspected(), field: field.dataset.field });
}

holder.addEventListener("click", (event) => {
  const button = closest(event, "[data-use-input]");
  if (button) openMenu(button);
});

// --- The list behind "{{" -----------------------------------------------------------------------------------

const NEW = ""; // stands for "New input from this field"
let typedIn = null; // the control that the list belongs to
let known = null; // {id, names}: of the field that has the focus, and (as a promise) the names that fit into it
let current = -1;

async function complete(control) {
  const field = control.closest("[data-field]");
  if (!menu || !begunName(control) || !field.querySelector("[data-use-input]")) return closeNames();
  if (known?.id !== field.id) known = { id: field.id, names: namesFor(field) };
  const fitting = await known.names;
  const begun = begunName(control); // as it is by now: keys go on while names are fetched
  if (document.activeElement !== control || !begun) return;
  const prefix = begun[1].toLowerCase();
  showNames(control, fitting.filter((name) => (name === NEW ? !prefix : name.toLowerCase().startsWith(prefix))));
}

async function namesFor(field) {
  const offered = await offeredTo(field);
  return [...(offered?.querySelectorAll('[role="menuitem"]') ?? [])].map((item) => item.dataset.inputName ?? NEW);
}

function showNames(control, fitting) {
  if (!fitting.length) return closeNames();
  typedIn = control;
  current = 0;
  names.replaceChildren(...fitting.map((name, index) => element("div", { role: "option", id: `input-name-${index}`, class: name === NEW ? "menu__item input-names__new" : "menu__item", "data-name": name }, name || "New input from this field")));
  if (!names.matches(":popover-open")) announce(`${fitting.length} to choose from. Arrows choose, Enter takes.`);
  openAt(names, control);
  control.setAttribute("aria-controls", names.id);
  control.setAttribute("aria-autocomplete", "list");
  mark();
}

function mark() {
  [...names.children].forEach((option, index) => option.setAttribute("aria-selected", index === current));
  names.children[current].scrollIntoView({ block: "nearest" });
  typedIn.setAttribute("aria-activedescendant", names.children[current].id);
}

function closeNames() {
  if (!typedIn) return;
  names.hidePopover();
  for (const name of ["aria-controls", "aria-autocomplete", "aria-activedescendant"]) typedIn.removeAttribute(name);
  typedIn = null;
}

function take(name) {
  const control = typedIn;
  const end = control.selectionStart;
  const closed = control.value.slice(end).match(/^\s*\}\}/)?.[0].length ?? 0;
  control.setRangeText(name === NEW ? "" : placeholder(name), begunName(control).index, end + closed, "end");
  closeNames();
  control.dispatchEvent(new Event("input", { bubbles: true }));
  if (name === NEW) return makeInput(control.closest("[data-field]"));
  const isEntry = control.matches(".list-field > input") && control.value.trim() === placeholder(name);
  if (isEntry) control.dispatchEvent(new Event("change", { bubbles: true }));
}

holder.addEventListener("input", (event) => {
  if (event.target.matches("input[type=text], textarea")) complete(event.target);
});
holder.addEventListener("focusout", () => {
  known = null;
  closeNames();
});
// Before the keys of the form: Enter and Escape belong to the list while it is up.
holder.addEventListener("keydown", (event) => {
  if (!typedIn) return;
  const count = names.children.length;
  const act = {
    ArrowDown: () => { current = (current + 1) % count; mark(); },
    ArrowUp: () => { current = (current - 1 + count) % count; mark(); },
    Enter: () => take(names.children[current].dataset.name),
    Tab: () => take(names.children[current].dataset.name),
    Escape: closeNames,
  }[event.key];
  if (!act) return;
  event.preventDefault();
  event.stopPropagation();
  act();
}, { capture: true });
names?.addEventListener("pointerdown", (event) => {
  event.preventDefault(); // the focus stays in the field
  const option = closest(event, "[data-name]");
  if (option) take(option.dataset.name);
});
