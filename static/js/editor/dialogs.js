// Pasting JSON, with a look at what of it fits before it is done; and the list of keys.

import { csrfHeaders } from "../lib/csrf.js";
import { edit, fragment } from "./edits.js";
import { nameOf, url } from "./page.js";

const PAUSE = 300; // milliseconds without a key
const paste = document.getElementById("paste");
const text = paste?.querySelector("textarea");
const preview = paste?.querySelector(".fits");
let clip = ""; // the same as `text` with notes and marks, as long as nobody changes the text
let asked = 0;
let timer;

/** Ask for JSON to put in; `node` (or null): below it, or at the end. `from`: what is on the clipboard already. */
export function openPaste(node, from = { text: "" }) {
  const under = paste.querySelector('[value="under"]');
  under.disabled = !node;
  under.checked = Boolean(node);
  paste.querySelector('[value="root"]').checked = !node;
  paste.querySelector("[data-under]").textContent = node ? `Under ${nameOf(node)}` : "Under the selected action";
  paste.dataset.node = node?.dataset.nodeId ?? "";
  text.value = from.text;
  clip = from.clip ?? "";
  say("");
  look();
  paste.showModal();
  text.focus();
  text.select();
}

export const showHelp = () => document.getElementById("help").showModal();

const say = (message) => {
  const error = paste.querySelector(".error");
  error.textContent = message;
  error.hidden = !message;
  text.setAttribute("aria-invalid", Boolean(message));
};

/** What is to be put where: the fields of the edit. */
function fields() {
  const where = new FormData(paste.querySelector("form")).get("where");
  if (where === "all") return { text: text.value };
  const way = preview.querySelector("[name=way]:checked");
  const place = way ? JSON.parse(way.dataset.fields) : { parent: where === "under" ? paste.dataset.node : "" };
  return { text: text.value, ...(clip && { clip }), ...place };
}

const isAll = () => paste.querySelector('[value="all"]').checked;

/** Show what of it fits where it is to go. */
async function look() {
  clearTimeout(timer);
  const turn = (asked += 1);
  preview.hidden = true;
  preview.replaceChildren();
  if (!text.value.trim() || isAll()) return;
  const body = new URLSearchParams(fields());
  const response = await fetch(`${url}/fits`, { method: "POST", body, headers: { "HX-Request": "true", ...csrfHeaders() } }).catch(() => null);
  if (turn !== asked || !response) return;
  const part = fragment(await response.text());
  if (turn !== asked) return;
  const refused = [...part.querySelectorAll("[data-refused] :is(p, li)")].map((each) => each.textContent).join(" ");
  say(refused);
  if (refused) return;
  preview.replaceChildren(part);
  preview.hidden = false;
}

paste?.addEventListener("input", (event) => {
  if (event.target === text) {
    clip = "";
    clearTimeout(timer);
    timer = setTimeout(look, PAUSE);
  } else if (event.target.name === "where") look();
});

paste?.querySelector('input[type="file"]').addEventListener("change", async ({ target }) => {
  if (!target.files[0]) return;
  text.value = await target.files[0].text();
  clip = "";
  look();
});

paste?.querySelector("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  if (!text.value.trim()) return say("Paste a workflow or an action as JSON, or choose a file.");
  const { ok, refusal } = await edit(isAll() ? "replace" : "paste", fields(), { quiet: true });
  if (!ok) return say(refusal || "That could not be put in.");
  text.value = "";
  paste.close();
});
