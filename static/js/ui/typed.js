// What somebody typed into a form is there again when the form did not get through: signed out meanwhile, or an error
// page in between. Kept for this tab only, until the next page of the app; passwords, tokens and files are not.

import { toast } from "./toast.js";

const NAME = "trellis:typed";
const LEFT_OUT = "[type=hidden], [type=password], [type=file], [type=submit], [type=button]";

// Signed out, and on pages of errors, nobody reads: such a page is no answer to what was sent.
const { reader } = document.body.dataset;

// On the window, after all who listen: a form that a script sends leaves no page, and says itself what came of it.
window.addEventListener("submit", ({ target: form, defaultPrevented }) => {
  if (reader && form.method === "post" && !defaultPrevented) write({ reader, path: location.pathname, form: nameOf(form), typed: typedIn(form), failed: false });
});

const left = read();
if (left && !reader) write({ ...left, failed: true });
else write(null);
if (left?.failed && left.reader === reader && left.path === location.pathname) giveBack(left);

function giveBack({ form: name, typed }) {
  const form = [...document.forms].find((other) => nameOf(other) === name);
  if (!form || JSON.stringify(typedIn(form)) === JSON.stringify(typed)) return;
  const rest = [...typed];
  for (const field of fieldsOf(form)) {
    const nth = rest.findIndex((each) => each.name === field.name);
    if (nth < 0) continue;
    const [{ value, checked }] = rest.splice(nth, 1);
    if (checked === undefined) field.value = value;
    else field.checked = checked;
    for (const kind of ["input", "change"]) field.dispatchEvent(new Event(kind, { bubbles: true }));
  }
  form.closest("dialog")?.showModal();
  toast("What you typed is here again: it did not get through.", { kind: "info" });
}

function nameOf(form) {
  return form.getAttribute("action") ?? "";
}

function fieldsOf(form) {
  return [...form.elements].filter((field) => field.name && field.matches("input, select, textarea") && !field.matches(LEFT_OUT));
}

function typedIn(form) {
  return fieldsOf(form).map(({ name, type, value, checked }) =>
    type === "checkbox" || type === "radio" ? { name, checked } : { name, value });
}

function read() {
  try {
    return JSON.parse(sessionStorage.getItem(NAME));
  } catch {
    return null;
  }
}

function write(value) {
  try {
    if (value) sessionStorage.setItem(NAME, JSON.stringify(value));
    else sessionStorage.removeItem(NAME);
  } catch { /* no room, or switched off */ }
}
