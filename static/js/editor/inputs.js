// The Inputs tab: what a run asks for. Its fields save themselves (fields.js); each change is an edit like any other.

import { closest, element } from "../lib/dom.js";
import { choose as chooseTab } from "../ui/tabs.js";
import { confirm } from "../ui/confirm.js";
import { edit, fragment, line, offerUndo, settled } from "./edits.js";
import { firstControl, selfSaving, showMarks } from "./fields.js";
import { announce, url } from "./page.js";
import { released } from "./press.js";
import { openInspector } from "./inspector.js";
import { stepper } from "./steps.js";
import "./placeholders.js";

const panel = document.getElementById("panel-inputs");
const holder = document.getElementById("inputs-panel");
let asked = 0;
let opening = ""; // the input to open when the form has come
let wanted = null; // {name, by}: the button that shall have the focus then, wherever its input stands by now

const itemOf = (name) => holder.querySelector(`[data-input="${CSS.escape(name)}"]`);
const nameOf = (element) => element.closest("[data-input]").dataset.input;
const keyOf = (field) => field.dataset.field.split("/").at(-1);

const form = selfSaving(holder, {
  ownerOf: nameOf,
  nameOf: keyOf,
  request: (field, values) => ["input-change", { input: nameOf(field), field: keyOf(field), value: values, was: field.dataset.was }],
  lead(name) {
    chooseTab(document.getElementById("tab-inputs"));
    openInspector();
    open(name);
  },
  saved(field, [value], name) {
    if (keyOf(field) === "name") form.rename(name, value.trim());
  },
});

function open(name) {
  const item = itemOf(name);
  if (!item) return;
  item.open = true;
  firstControl(item.querySelector(".input-item__body"))?.focus();
}

const order = stepper(() => [...opened().keys()]);
const opened = () => new Map([...holder.querySelectorAll("[data-input]")].map((item) => [item.dataset.input, item.open]));

async function load() {
  const turn = (asked += 1);
  sayWhyEmpty();
  await settled();
  const response = await fetch(`${url}/inputs`, { headers: { "HX-Request": "true" } }).catch(() => null);
  if (turn !== asked) return;
  if (!response) {
    window.addEventListener("online", load, { once: true });
    sayWhyEmpty("There is no connection. The inputs come when it is back.");
  }
  if (!response?.ok || response.headers.has("HX-Redirect")) return;
  const fresh = fragment(await response.text());
  await released();
  if (turn !== asked) return;
  followNames(fresh);
  const before = opened();
  form.show(fresh, Boolean(holder.querySelector("[data-shape]")));
  order.shown();
  for (const [name, isOpen] of before) itemOf(name)?.toggleAttribute("open", isOpen);
  form.forget((name) => !itemOf(name));
  if (opening) open(opening);
  if (wanted) focusOn(wanted);
  opening = "";
  wanted = null;
}

/** Nothing can come while edits wait for a connection; what has come stays as it is. */
function sayWhyEmpty(why = line.stuck && "The inputs come when what waits is saved.") {
  if (why && !holder.querySelector("[data-shape]")) holder.replaceChildren(element("p", { class: "muted" }, why));
}
document.addEventListener("editor:state", () => { if (!panel.hidden) sayWhyEmpty(); });

function focusOn({ name, by }) {
  const buttons = [...itemOf(name)?.querySelectorAll("[data-move-input]:not(:disabled)") ?? []];
  (buttons.find((button) => Number(button.dataset.moveInput) === by) ?? buttons[0])?.focus();
}

/** What is being typed of an input that somebody else has given another name belongs to that name from now on. */
function followNames(fresh) {
  const [before, now] = [holder, fresh].map((within) => [...within.querySelectorAll("[data-input]")].map((item) => item.dataset.input));
  if (before.length !== now.length) return;
  before.forEach((name, index) => {
    if (!now.includes(name) && !before.includes(now[index])) form.rename(name, now[index]);
  });
}

panel.addEventListener("tab:shown", load);
if (!panel.hidden) load();
document.addEventListener("editor:changed", () => { if (!panel.hidden) load(); });

holder.addEventListener("submit", async (event) => {
  event.preventDefault();
  const adding = event.target;
  const [name, kind] = adding.querySelectorAll("[data-value]");
  const { ok, part } = await edit("input-add", { name: name.value, kind: kind.value });
  const field = adding.querySelector("[data-field]");
  if (ok) {
    opening = name.value.trim();
    adding.reset();
    field.classList.remove("field--invalid");
    field.querySelector("[data-marks]").replaceChildren();
    name.removeAttribute("aria-invalid");
  } else if (part?.querySelector("[data-field]")) {
    showMarks(field, part.querySelector("[data-field]"));
    announce(field.querySelector(".error").textContent);
    name.focus();
  }
});

holder.addEventListener("click", (event) => {
  const mover = closest(event, "[data-move-input]");
  if (mover) move(mover.closest("[data-input]"), Number(mover.dataset.moveInput));
  if (closest(event, "[data-remove-input]")) remove(event.target.closest("[data-input]"));
});

/** Ask for an input earlier or later; the focus goes with it. */
async function move(item, by) {
  const name = item.dataset.input;
  if (await order.step(name, by, "input-move", { input: name })) wanted = { name, by };
}

async function remove(item) {
  const name = item.dataset.input;
  const used = Number(item.dataset.used);
  const text = `${used} action${used === 1 ? " uses" : "s use"} it, and cannot run until you put something else there. Undo brings it back.`;
  if (used && !(await confirm({ title: `Remove the input ${name}?`, text, button: "Remove input" }))) return;
  const { ok } = await edit("input-remove", { input: name });
  if (ok) offerUndo(`Removed the input ${name}.`);
}
