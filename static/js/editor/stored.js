// What the browser keeps for this tab, so that a reload loses nothing: the line of edits without an answer, and the text
// of the JSON view that is not applied.

import { root, url } from "./page.js";

// With the person in it: who signs in next in this tab does not send what another one typed.
const nameOf = (what) => `trellis:${what}:${root.dataset.person}:${url}`;

/** What an earlier page of this tab left: [{key, verb, data, refused}]; `refused` says why one was not done. */
export const storedEdits = () => read("line") ?? [];
export const storeEdits = (entries) => write("line", entries.length ? entries : null);

/** The JSON that an earlier page of this tab left without applying it: {text, revision} (of what it was typed into); null: none. */
export const storedText = () => read("json");
export const storeText = (left) => write("json", left);

function read(what) {
  try {
    return JSON.parse(sessionStorage.getItem(nameOf(what)));
  } catch {
    return null;
  }
}

/** Keep this instead of what was kept; null: nothing. Too much to keep (a large workflow): leaving still warns. */
function write(what, value) {
  try {
    if (value === null) sessionStorage.removeItem(nameOf(what));
    else sessionStorage.setItem(nameOf(what), JSON.stringify(value));
  } catch { /* no room, or switched off */ }
}
