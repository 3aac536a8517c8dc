// The line of edits without an answer, kept by the browser for this tab: a reload loses none of them.

import { root, url } from "./page.js";

// With the person in it: who signs in next in this tab does not send what another one typed.
const NAME = `trellis:line:${root.dataset.person}:${url}`;

/** What an earlier page of this tab left: [{key, verb, data, refused}]; `refused` says why one was not done. */
export function storedEdits() {
  try {
    return JSON.parse(sessionStorage.getItem(NAME)) ?? [];
  } catch {
    return [];
  }
}

/** Keep these instead of what was kept. Too much to keep (a large workflow pasted): leaving still warns. */
export function storeEdits(entries) {
  try {
    if (entries.length) sessionStorage.setItem(NAME, JSON.stringify(entries));
    else sessionStorage.removeItem(NAME);
  } catch { /* no room, or switched off */ }
}
