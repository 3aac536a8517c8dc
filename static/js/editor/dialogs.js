// Pasting JSON, and the list of keys.

import { edit } from "./edits.js";
import { nameOf, typeOf } from "./page.js";
import { holdsChildren } from "./catalog.js";

const paste = document.getElementById("paste");
const text = paste?.querySelector("textarea");

/** Ask for JSON to put in; `node` (or null): below it, or at the end. */
export async function openPaste(node) {
  const fits = node && holdsChildren(typeOf(node));
  const choice = paste.querySelector('[value="under"]');
  choice.disabled = !fits;
  choice.checked = Boolean(fits);
  paste.querySelector('[value="root"]').checked = !fits;
  paste.querySelector("[data-under]").textContent = fits ? `Under ${nameOf(node)}` : "Under the selected action";
  paste.dataset.node = fits ? node.dataset.nodeId : "";
  say("");
  paste.showModal();
  text.focus();
}

export const showHelp = () => document.getElementById("help").showModal();

const say = (message) => {
  const error = paste.querySelector(".error");
  error.textContent = message;
  error.hidden = !message;
  text.setAttribute("aria-invalid", Boolean(message));
};

paste?.querySelector('input[type="file"]').addEventListener("change", async ({ target }) => {
  if (target.files[0]) text.value = await target.files[0].text();
});

paste?.querySelector("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const where = new FormData(event.target).get("where");
  if (!text.value.trim()) return say("Paste a workflow or an action as JSON, or choose a file.");
  const verb = where === "all" ? "replace" : "paste";
  const fields = where === "all" ? { text: text.value } : { text: text.value, parent: where === "under" ? paste.dataset.node : "" };
  const { ok, refusal } = await edit(verb, fields, { quiet: true });
  if (!ok) return say(refusal || "That could not be put in.");
  text.value = "";
  paste.close();
});
