// "Copy as": the workflow as a program that sends it, by language and service, as the server writes it.

import { closest } from "../lib/dom.js";
import { settled } from "./edits.js";

const dialog = document.getElementById("snippets");
const shown = document.getElementById("snippet");
const chosen = (name) => dialog.querySelector(`[name="${name}"]:checked`).value;
let asked = 0;

async function show() {
  const turn = (asked += 1);
  await settled();
  const address = dialog.dataset.url.replace("LANGUAGE", chosen("language"));
  const response = await fetch(`${address}?at=${chosen("at")}`).catch(() => null);
  const text = response?.ok ? await response.text() : "The code could not be fetched. Close this and try again.";
  if (turn === asked) shown.textContent = text;
}

dialog.addEventListener("change", show);
document.addEventListener("click", (event) => { if (closest(event, '[data-dialog-open="snippets"]')) show(); });
if (dialog.open) show();
