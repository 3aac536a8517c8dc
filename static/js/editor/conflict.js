// Two versions of one field, and what could not be saved at all.

import { element } from "../lib/dom.js";
import { edit, forgetUnsaved } from "./edits.js";
import { nameOf, nodeOf } from "./page.js";

const dialog = document.getElementById("unsaved");

// --- What was refused and is in no field any more ----------------------------------------------------------

/** Show edits ({verb, data, refused, gone}) with what was typed in them. */
export function showUnsaved(entries) {
  if (!dialog) return;
  dialog.querySelector("[data-list]").replaceChildren(...entries.map(told));
  if (!dialog.open) dialog.showModal();
}
dialog?.addEventListener("close", forgetUnsaved);

function told({ verb, data, refused, gone }, index) {
  const id = `unsaved-${index}`;
  const text = typedIn(verb, data);
  const back = gone && element("button", { class: "button button--small", type: "button" }, "Bring the action back, with this");
  if (back) back.addEventListener("click", () => bringBack(verb, data));
  return element("div", { class: "field" },
    element(text ? "label" : "p", { class: "label", for: text && id }, nameOfEdit(verb, data)),
    text && element("textarea", { id, readonly: true, "aria-describedby": `${id}-why` }, text),
    element("div", { class: "error", id: `${id}-why` }, refused), back);
}

/** Undo what somebody deleted, then save what was typed into it. */
async function bringBack(verb, data) {
  dialog.close();
  const { ok } = await edit("bring-back", { node: data.node });
  if (ok) edit(verb, { ...data, was: undefined });
}

const WORDS = { add: "Add", paste: "Paste", remove: "Delete", lift: "Delete", move: "Move", duplicate: "Duplicate", wrap: "Wrap", label: "Label", note: "Note", type: "Change", disabled: "Skip", fix: "Repair", replace: "Replace everything", undo: "Undo", redo: "Redo" };

const KEYS = { name: "Name", kind: "Kind", required: "“Must be filled in”", default: "Default", help: "Help", choices: "Choices" };

/** "Note on Send message", "Text", "Help of the input term". */
function nameOfEdit(verb, data) {
  if (verb === "input-change") return `${KEYS[data.field]} of the input ${data.input}`;
  const what = verb === "param" ? data.field.slice(1).replaceAll("/", " ") : WORDS[verb] ?? (data.column ? "Columns of the results" : verb);
  const node = nodeOf([data.node].flat()[0]);
  return node ? `${what} of ${nameOf(node)}` : what;
}

const typedIn = (verb, data) => [data.value ?? data.text ?? data[verb] ?? ""].flat().join("\n");
