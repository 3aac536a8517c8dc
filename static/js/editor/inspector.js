// The form of the selected action. A field's [data-field] is a JSON Pointer below the parameters, sent by the verb
// "param", or it names another verb in data-verb. How fields save themselves stands in fields.js.

import { closest, element } from "../lib/dom.js";
import { choose as chooseTab } from "../ui/tabs.js";
import { edit, fragment, line, settled } from "./edits.js";
import { firstControl, selfSaving } from "./fields.js";
import { nodeOf, select, selectedId, url } from "./page.js";
import { released } from "./press.js";

const panel = document.getElementById("inspector");
const holder = document.getElementById("inspector-form");
const idle = document.getElementById("inspector-idle");
let asked = 0;
let grown = ""; // the list (JSON Pointer) that an entry was just added to

export const inspected = () => holder.querySelector("[data-inspected]")?.dataset.inspected ?? "";

const form = selfSaving(holder, {
  ownerOf: inspected,
  request(field, values) {
    const { verb = "param" } = field.dataset;
    const node = inspected();
    const { was } = field.dataset;
    return [verb, verb === "param" ? { node, field: field.dataset.field, value: values, was } : { node, [verb === "disabled" ? "on" : verb]: values[0] ?? "", was }];
  },
  lead(id) {
    select(nodeOf(id));
    chooseTab(document.getElementById("tab-settings"));
    openInspector({ focus: true });
  },
});

/** Save a field of the form, with these values if they are given. */
export const saveAs = (field, values) => form.save(field, values);

// --- Showing ------------------------------------------------------------------------------------------------

/** Bring the inspector up (it is a sheet on narrow screens). */
export function openInspector({ focus = false } = {}) {
  panel.classList.add("is-open");
  if (focus) leadTo("");
}

/** Focus a field of the selected action (JSON Pointer; "" for the first), as soon as its form is there. */
export function leadTo(pointer) {
  if (inspected() === selectedId()) focusField(pointer);
  else waitFor = pointer;
}
let waitFor = null;

/** Focus the first field that is wrong, if one is. */
export const leadToProblem = () => leadTo(WRONG);
const WRONG = "wrong"; // no JSON Pointer

export const closeInspector = () => {
  panel.classList.remove("is-open");
  nodeOf(selectedId())?.focus({ preventScroll: true });
};

const lastEntry = (list) => (list ? [...holder.querySelectorAll("[data-field]")].filter((field) => field.dataset.field.match(/^(.*)\/\d+$/)?.[1] === list).at(-1) : null);

/** Focus the field of a parameter (JSON Pointer), or the one that holds it, or the first one. */
function focusField(pointer) {
  if (pointer === WRONG) return firstControl(holder.querySelector(".field--invalid") ?? element("i"))?.focus();
  const field = pointer ? holder.querySelector(`[data-field="${CSS.escape(pointer)}"]`) : holder;
  if (field) firstControl(field)?.focus();
  else focusField(pointer.slice(0, pointer.lastIndexOf("/")));
}

async function show(id) {
  const turn = (asked += 1);
  idle.hidden = Boolean(id);
  if (!id) {
    holder.replaceChildren();
    panel.classList.remove("is-open");
    return;
  }
  clearOther();
  await settled(); // the form of an action as it is after the edits on their way, if it is there at all then
  if (turn !== asked || !nodeOf(id)) return;
  const text = await fetch(`${url}/inspector/${id}`, { headers: { "HX-Request": "true" } })
    .then((response) => (response.ok && !response.headers.has("HX-Redirect") ? response.text() : ""), () => null);
  await released();
  if (turn !== asked || text === "") return;
  if (text === null) return showOffline(id);
  form.show(fragment(text), inspected() === id, () => firstControl(lastEntry(grown) ?? holder));
  grown = "";
  if (waitFor !== null) focusField(waitFor);
  waitFor = null;
}

/** While edits cannot be saved no other form comes; that of another action beside the selected one would be taken for its own. */
function clearOther() {
  if (!line.stuck || !inspected() || inspected() === selectedId()) return;
  holder.replaceChildren(element("p", { class: "muted" }, "The settings of this action come when what waits is saved."));
}
document.addEventListener("editor:state", clearOther);

/** Without a connection there is no other form; the one that is shown stays usable. */
function showOffline(id) {
  window.addEventListener("online", () => { if (selectedId() === id) show(id); }, { once: true });
  if (inspected() === id) return;
  holder.replaceChildren(element("p", { class: "muted" }, "There is no connection. The settings of this action come when it is back."));
}

// --- Changing -----------------------------------------------------------------------------------------------

/** Add or drop an entry of a list, or drop a parameter. */
const change = (pointer, value) => edit("param", { node: inspected(), field: pointer, value });

holder.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !closest(event, "[data-field]")) return;
  event.stopPropagation();
  form.flush();
  closeInspector();
});

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
  form.flush();
  show(detail.id);
});
document.addEventListener("editor:changed", ({ detail }) => {
  form.forget((id) => !nodeOf(id));
  if (selectedId() && (detail.ids.includes(selectedId()) || inspected() !== selectedId())) show(selectedId());
});
