// The History tab: name a version, restore one, look further back. The list is templates/workflows/versions/panel.html.

import { closest } from "../lib/dom.js";
import { csrfHeaders } from "../lib/csrf.js";
import { toast } from "../ui/toast.js";
import { showTimes } from "../ui/times.js";
import { edit, fragment, offerUndo, settled } from "./edits.js";
import { announce, url } from "./page.js";
import { load } from "./panels.js";

const panel = document.getElementById("panel-history");
const dialog = document.getElementById("name-version");
const named = dialog?.querySelector("input");

// --- Names ------------------------------------------------------------------------------------------------

/** `number`: the version to name, "" to keep what is here now. */
function askName({ nameVersion: number, name = "" }) {
  dialog.dataset.number = number;
  dialog.querySelector("h2").textContent = number ? `Name version ${number}` : "Name this version";
  document.getElementById("name-version-help").textContent = number
    ? "Leave it empty to take the name away; the version stays."
    : "Keeps the workflow as it is now, to compare with it or to come back to it.";
  named.value = name;
  say("");
  dialog.showModal();
  named.select();
}

function say(message) {
  const error = document.getElementById("name-version-error");
  error.textContent = message;
  error.hidden = !message;
  named.setAttribute("aria-invalid", Boolean(message));
}

dialog?.querySelector("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const { number } = dialog.dataset;
  const name = named.value.trim();
  if (!number && !name) return say("Give the version a name.");
  await settled();
  const answer = await send(`${url}/versions/${number ? `${number}/` : ""}name`, { name });
  if (answer) return say(answer);
  dialog.close();
  announce(name ? `Saved as “${name}”.` : "The name is taken away.");
  await load(panel);
  document.getElementById(number ? `version-${number}-name` : "name-present")?.focus();
});

/** "" when it was done, else why not. */
async function send(address, fields) {
  try {
    const headers = { "HX-Request": "true", ...csrfHeaders() };
    const response = await fetch(address, { method: "POST", body: new URLSearchParams(fields), headers });
    if (response.status === 204) return "";
    const words = fragment(await response.text()).querySelector("[data-refused] p")?.textContent;
    return words || `That was not done (${response.status}).`;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // fetch says "no connection" by TypeError
    return "No connection. Try again.";
  }
}

// --- Restoring, and looking further back -------------------------------------------------------------------

async function restore(number) {
  const { ok } = await edit("restore", { version: number });
  if (!ok) return;
  offerUndo(`Restored version ${number}. What was here before is kept as a version.`);
}

async function older(button) {
  button.disabled = true;
  const response = await fetch(button.dataset.older, { headers: { "HX-Request": "true" } }).catch(() => null);
  if (!response?.ok) {
    button.disabled = false;
    return toast("That could not be loaded. Try again.", { kind: "error" });
  }
  const more = fragment(await response.text());
  const first = more.querySelector("li");
  button.closest("li").replaceWith(more);
  showTimes(panel);
  first?.focus();
}

document.addEventListener("click", (event) => {
  const button = closest(event, "#panel-history button");
  if (!button) return;
  if ("nameVersion" in button.dataset) askName(button.dataset);
  else if ("restore" in button.dataset) restore(button.dataset.restore);
  else if ("older" in button.dataset) older(button);
});
