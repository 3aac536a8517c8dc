// The form of the selected action. A field is [data-field] (a JSON Pointer below the parameters, sent by the verb "param";
// or another verb in data-verb); its values are its own [data-value] controls. It is saved a moment after typing stops,
// and at once when it is left. What is refused stays as it was typed, says so, and comes back with its action.

import { closest, element } from "../lib/dom.js";
import { choose as chooseTab } from "../ui/tabs.js";
import { edit, fragment, settled } from "./edits.js";
import { announce, nodeOf, select, selectedId, url } from "./page.js";
import { listFields } from "./listfield.js";
import { clearRefused, refusedNodes, setRefused, startedTyping, stoppedTyping } from "./savestate.js";

const PAUSE = 600; // milliseconds without a key
const panel = document.getElementById("inspector");
const holder = document.getElementById("inspector-form");
const idle = document.getElementById("inspector-idle");
const timers = new Map(); // key of a field -> the timer that will save it
const kept = new Map(); // key of a field -> its element, as long as its value is refused
let asked = 0;
let grown = ""; // the list (JSON Pointer) that an entry was just added to

const inspected = () => holder.querySelector("[data-inspected]")?.dataset.inspected ?? "";
const keyOf = (field) => `${inspected()} ${field.id}`;
const leaves = (within) => [...within.querySelectorAll("[data-field]")].filter((field) => !field.querySelector("[data-field]"));

// --- Showing ------------------------------------------------------------------------------------------------

/** Bring the inspector up (it is a sheet on narrow screens). */
export function openInspector({ focus = false } = {}) {
  panel.classList.add("is-open");
  if (focus) waitFor = true;
  if (focus && inspected() === selectedId()) focusField("");
}
let waitFor = false; // the first field wants the focus when the form has come

export const closeInspector = () => {
  panel.classList.remove("is-open");
  nodeOf(selectedId())?.focus({ preventScroll: true });
};

const firstControl = (within) => within.querySelector(".list-field > input[type=text], [data-value]:not([type=hidden]):not(:disabled)");
const lastEntry = (list) => (list ? [...holder.querySelectorAll("[data-field]")].filter((field) => field.dataset.field.match(/^(.*)\/\d+$/)?.[1] === list).at(-1) : null);

/** Focus the field of a parameter (JSON Pointer), or the first one. */
export function focusField(pointer) {
  const field = pointer ? holder.querySelector(`[data-field="${CSS.escape(pointer)}"]`) : holder;
  if (field) firstControl(field)?.focus();
}

async function show(id) {
  const turn = (asked += 1);
  idle.hidden = Boolean(id);
  if (!id) {
    holder.replaceChildren();
    panel.classList.remove("is-open");
    return;
  }
  await settled(); // the form of an action as it is after the edits on their way, if it is there at all then
  if (turn !== asked || !nodeOf(id)) return;
  const text = await fetch(`${url}/inspector/${id}`, { headers: { "HX-Request": "true" } })
    .then((response) => (response.ok && !response.headers.has("HX-Redirect") ? response.text() : ""), () => null);
  if (turn !== asked || text === "") return;
  if (text === null) return showOffline(id);
  const fresh = fragment(text);
  if (inspected() === id) renew(fresh);
  else holder.replaceChildren(fresh);
  for (const field of leaves(holder)) bringBack(field);
  if (waitFor) focusField("");
  waitFor = false;
}

/** Without a connection there is no other form; the one that is shown stays usable. */
function showOffline(id) {
  window.addEventListener("online", () => { if (selectedId() === id) show(id); }, { once: true });
  if (inspected() === id) return;
  holder.replaceChildren(element("p", { class: "muted" }, "There is no connection. The settings of this action come when it is back."));
}

/** The same form again, after an edit: replace what differs, but not under somebody's fingers. */
function renew(fresh) {
  const now = new Map(leaves(holder).map((field) => [field.id, field]));
  const then = leaves(fresh);
  const typeIn = (within) => within.querySelector("[data-inspected]").dataset.type;
  const same = typeIn(holder) === typeIn(fresh) && then.length === now.size && then.every((field) => now.has(field.id));
  if (!same) {
    const at = document.activeElement?.id;
    const wasInside = holder.contains(document.activeElement);
    holder.replaceChildren(fresh);
    if (wasInside) (document.getElementById(at) ?? firstControl(lastEntry(grown) ?? holder))?.focus();
    grown = "";
    return;
  }
  for (const part of fresh.querySelectorAll("[data-part]")) holder.querySelector(`[data-part="${part.dataset.part}"]`).replaceWith(part);
  for (const field of then) {
    const old = now.get(field.id);
    if (kept.has(keyOf(old)) || timers.has(keyOf(old))) continue;
    if (old.contains(document.activeElement)) showMarks(old, field);
    else if (!old.isEqualNode(field)) old.replaceWith(field);
  }
}

/** A value that was refused earlier is shown again as it was typed. */
function bringBack(field) {
  const old = kept.get(keyOf(field));
  if (old && old !== field) field.replaceWith(old);
}

function showMarks(field, from) {
  const marks = from.querySelector(":scope > [data-marks]");
  field.querySelector(":scope > [data-marks]").replaceChildren(...marks.cloneNode(true).childNodes);
  const wrong = from.classList.contains("field--invalid");
  field.classList.toggle("field--invalid", wrong);
  for (const control of field.querySelectorAll("[data-value]")) control.toggleAttribute("aria-invalid", wrong);
  for (const control of field.querySelectorAll("[aria-invalid]")) control.setAttribute("aria-invalid", "true");
}

// --- Saving -------------------------------------------------------------------------------------------------

function valuesOf(field) {
  return [...field.querySelectorAll("[data-value]")].flatMap((control) => {
    if (control.type === "checkbox" || control.type === "radio") return control.checked ? [control.value] : control.dataset.off ?? [];
    return control.value === "" ? [] : [control.value];
  });
}

async function save(field) {
  const key = keyOf(field);
  clearTimeout(timers.get(key));
  timers.delete(key);
  stoppedTyping(key);
  const node = inspected();
  const values = valuesOf(field);
  if (kept.has(key) && field.dataset.refused === JSON.stringify(values)) return; // we know the answer
  const { verb = "param" } = field.dataset;
  const fields = verb === "param" ? { node, field: field.dataset.field, value: values } : { node, [verb === "disabled" ? "on" : verb]: values[0] ?? "" };
  const { ok, part } = await edit(verb, fields);
  if (timers.has(key)) return; // typed on meanwhile: the next answer counts
  if (ok) {
    kept.delete(key);
    clearRefused(key);
    return;
  }
  const answer = part?.querySelector("[data-field]");
  if (!answer) return;
  field.dataset.refused = JSON.stringify(values);
  kept.set(key, field);
  setRefused(key, node);
  showMarks(field, answer);
  announce(`${answer.querySelector(".error")?.textContent ?? ""}`);
}

function soon(field) {
  const key = keyOf(field);
  clearTimeout(timers.get(key));
  timers.set(key, setTimeout(() => save(field), PAUSE));
  startedTyping(key);
}

/** Save everything that is still being typed, now. */
const flush = () => {
  for (const field of leaves(holder)) if (timers.has(keyOf(field))) save(field);
};

/** Add or drop an entry of a list, or drop a parameter. */
const change = (pointer, value) => edit("param", { node: inspected(), field: pointer, value });

holder.addEventListener("input", (event) => {
  const field = closest(event, "[data-field]");
  if (closest(event, ".list-field")) return event.target.value ? startedTyping(keyOf(field)) : stoppedTyping(keyOf(field));
  if (!closest(event, "[data-value]") || !field) return;
  const counter = field.querySelector(".counter");
  if (counter) counter.textContent = `${event.target.value.length} of ${counter.dataset.max} characters`;
  if (event.target.matches("textarea, input[type=text]")) soon(field);
});

holder.addEventListener("change", (event) => {
  const field = closest(event, "[data-field]");
  if (!field || !closest(event, "[data-value]")) return;
  save(field);
});

holder.addEventListener("keydown", (event) => {
  const field = closest(event, "[data-field]");
  if (event.key === "Enter" && event.target.matches("input[type=text][data-value]")) {
    event.preventDefault();
    save(field);
  } else if (event.key === "Escape" && field) {
    event.stopPropagation();
    flush();
    closeInspector();
  }
});

listFields(holder);
holder.addEventListener("list:changed", (event) => save(closest(event, "[data-field]")));

holder.addEventListener("click", (event) => {
  const add = closest(event, "[data-add]");
  if (add) {
    grown = add.dataset.add.replace(/\/-$/, "");
    change(add.dataset.add, ["{}"]);
  }
  const drop = closest(event, "[data-drop]");
  if (drop) change(drop.dataset.drop, []);
});

document.addEventListener("editor:selected", ({ detail }) => {
  flush();
  show(detail.id);
});
document.addEventListener("editor:changed", ({ detail }) => {
  const gone = refusedNodes().filter((id) => !nodeOf(id));
  for (const key of kept.keys()) {
    if (!gone.includes(key.split(" ")[0])) continue;
    kept.delete(key);
    clearRefused(key);
  }
  if (selectedId() && (detail.ids.includes(selectedId()) || inspected() !== selectedId())) show(selectedId());
});

// A click on "1 value is not saved" goes there.
document.getElementById("save-state")?.addEventListener("click", () => {
  const [id] = refusedNodes();
  if (!id) return;
  select(nodeOf(id));
  chooseTab(document.getElementById("tab-settings"));
  openInspector({ focus: true });
});
