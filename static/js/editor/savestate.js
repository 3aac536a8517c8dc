// What is saved: body[data-save-state] is "saving" while anything is on its way or only typed, "failed" while
// something cannot be saved, "saved" only when everything is.

import { closest } from "../lib/dom.js";
import { line, retryNow } from "./edits.js";
import { emit } from "./page.js";

const typing = new Set(); // fields with something typed that was not sent yet
let unapplied = false; // the JSON view holds text that is no edit yet
const refused = new Map(); // fields whose value was refused: key -> the id of their action

export const startedTyping = (key) => { typing.add(key); emit("editor:state"); };
export const stoppedTyping = (key) => { typing.delete(key); emit("editor:state"); };
export const setRefused = (key, nodeId) => { refused.set(key, nodeId); emit("editor:state"); };
/** Whether the JSON view holds text that is not applied. */
export const setUnapplied = (is) => { unapplied = is; emit("editor:state"); };
export const clearRefused = (key) => { refused.delete(key); emit("editor:state"); };
/** The actions that hold values which were refused. */
export const refusedNodes = () => [...refused.values()];

function state() {
  if (line.stuck && line.waiting) return ["failed", `Not saved. ${line.stuck}`];
  if (line.waiting || typing.size) return ["saving", "Saving…"];
  if (refused.size) return ["failed", refused.size === 1 ? "One value is not saved" : `${refused.size} values are not saved`];
  if (unapplied) return ["saving", "JSON not applied"];
  return ["saved", "Saved"];
}

function show() {
  const [name, words] = state();
  document.body.dataset.saveState = name;
  const mark = document.getElementById("save-state");
  if (!mark) return;
  const word = mark.querySelector(".save-state__word");
  if (word.textContent !== words) word.textContent = words;
  mark.title = words;
  mark.querySelector("[data-retry]").hidden = !line.stuck || !line.waiting;
}

document.addEventListener("editor:state", show);
document.addEventListener("click", (event) => { if (closest(event, "[data-retry]")) retryNow(); });
window.addEventListener("beforeunload", (event) => {
  if (document.body.dataset.saveState !== "saved") event.preventDefault();
});
