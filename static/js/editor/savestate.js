// What is saved: body[data-save-state] is "saving" while anything is on its way or only typed, "failed" while
// something cannot be saved, "saved" only when everything is. Actions whose edits wait say so.

import { closest, element } from "../lib/dom.js";
import { line, retryNow } from "./edits.js";
import { cardOf, emit, nodeOf } from "./page.js";

const typing = new Set(); // fields with something typed that was not sent yet
let unapplied = false; // the JSON view holds text that is no edit yet
const refused = new Map(); // fields whose value was refused: key -> a function that leads there

export const startedTyping = (key) => { typing.add(key); emit("editor:state"); };
/** Returns whether something was. */
export const stoppedTyping = (key) => { const was = typing.delete(key); emit("editor:state"); return was; };
export const setRefused = (key, lead) => { refused.set(key, lead); emit("editor:state"); };
/** Whether the JSON view holds text that is not applied. */
export const setUnapplied = (is) => { unapplied = is; emit("editor:state"); };
export const clearRefused = (key) => { refused.delete(key); emit("editor:state"); };

const WHY = {
  offline: ["Offline", "There is no connection. What waits is kept, also over a reload of this page, and saved in its order."],
  server: ["The server has a problem", "What waits is kept, also over a reload of this page, and saved in its order."],
  "signed-out": ["You are signed out", "Sign in again in another tab. What waits is kept, and saved in its order."],
};

function state() {
  const count = line.edits.length;
  if (line.stuck && count) {
    const [why, more] = WHY[line.stuck];
    return ["failed", `${why}: ${count === 1 ? "1 change waits" : `${count} changes wait`}`, more];
  }
  if (count || typing.size) return ["saving", "Saving…"];
  if (refused.size) return ["failed", refused.size === 1 ? "One value is not saved" : `${refused.size} values are not saved`];
  if (unapplied) return ["saving", "JSON not applied"];
  return ["saved", "Saved"];
}

function show() {
  const [name, words, more] = state();
  document.body.dataset.saveState = name;
  const mark = document.getElementById("save-state");
  if (!mark) return;
  const word = mark.querySelector(".save-state__word");
  if (word.textContent !== words) word.textContent = words;
  mark.title = more ?? words;
  mark.querySelector("[data-retry]").hidden = !line.stuck || !line.edits.length;
  markWaiting();
}

let marks = []; // remembered, not searched for: this is done many times for each edit of a long page

/** Say on the cards which actions have edits that wait for a connection. */
function markWaiting() {
  const ids = new Set(line.stuck ? line.edits.flatMap(({ data }) => data?.node ?? []) : []);
  marks = marks.filter((mark) => {
    const stays = mark.isConnected && ids.delete(mark.closest(".node").dataset.nodeId);
    if (!stays) mark.remove();
    return stays;
  });
  for (const node of [...ids].map(nodeOf).filter(Boolean)) {
    const mark = element("span", { class: "badge badge--warn node-waiting" }, "Waits");
    cardOf(node).querySelector(".node-end").prepend(mark);
    marks.push(mark);
  }
}

document.addEventListener("editor:state", show);
document.addEventListener("editor:changed", markWaiting);
document.addEventListener("click", (event) => {
  if (closest(event, "[data-retry]")) retryNow();
  else if (closest(event, "#save-state")) [...refused.values()][0]?.(); // "1 value is not saved": go there
});
window.addEventListener("beforeunload", (event) => {
  if (document.body.dataset.saveState !== "saved") event.preventDefault();
});
