// The one way to change a workflow: edit(verb, fields). Edits go out one after another, each on the revision that the
// one before led to. Nothing is lost: while there is no answer the edit stays in line and is sent again.

import { toast } from "../ui/toast.js";
import { csrfHeaders } from "../lib/csrf.js";
import { apply, reload, revision } from "./apply.js";
import { emit, url } from "./page.js";

const WAITS = [1, 2, 4, 8, 15, 30]; // seconds between tries
// What may be sent twice without doing harm, when nobody knows whether the first one arrived.
const REPEATABLE = new Set(["param", "label", "note", "disabled", "collapsed", "replace", "type"]);

export const line = { waiting: 0, stuck: "" }; // edits without an answer yet; why the first of them cannot go on
let last = Promise.resolve();
let wake = () => {};

/**
 * Send an edit. `fields`: an object, or a function called when its turn has come (null: drop it).
 * Resolves to {ok, part, refusal}: `part` is the answer as a DocumentFragment (null when it has none), `refusal` says
 * in words why it was not done. A refusal is shown as a toast, unless `quiet` leaves that to the caller.
 */
export function edit(verb, fields = {}, { quiet = false } = {}) {
  line.waiting += 1;
  emit("editor:state");
  const turn = last.then(() => untilAnswered(verb, fields)).finally(() => {
    line.waiting -= 1;
    emit("editor:state");
  });
  if (!quiet) turn.then(({ refusal }) => { if (refusal) toast(refusal, { kind: "error" }); });
  last = turn.catch(() => {});
  return turn;
}

/** Resolves when every edit that is in line now has its answer. */
export const settled = () => last;

/** Try again now, instead of after the wait. */
export const retryNow = () => wake();
window.addEventListener("online", retryNow);

async function untilAnswered(verb, fields) {
  for (let tries = 0; ; tries += 1) {
    const values = typeof fields === "function" ? fields() : fields;
    if (!values) return { ok: false, part: null };
    try {
      if (tries && !REPEATABLE.has(verb) && (await arrivedAlready())) return { ok: true, part: null };
      const response = await post(verb, values);
      if (response.status < 500) {
        stuck("");
        return await answered(response, values);
      }
      stuck("The server had a problem.");
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // fetch says "no connection" by TypeError
      stuck("No connection.");
    }
    await pause(WAITS[Math.min(tries, WAITS.length - 1)]);
  }
}

function post(verb, values) {
  const body = new URLSearchParams({ base: revision() });
  for (const [name, value] of Object.entries(values)) {
    for (const one of Array.isArray(value) ? value : [value]) body.append(name, one);
  }
  return fetch(`${url}/edit/${verb}`, { method: "POST", body, headers: { "HX-Request": "true", ...csrfHeaders() } });
}

async function answered(response, values) {
  if (response.headers.has("HX-Redirect")) {
    return { ok: false, part: null, refusal: "You are signed out. Sign in again in another tab, then try once more." };
  }
  if (response.status === 204) return { ok: true, part: null };
  const part = fragment(await response.text());
  if (response.ok && part.querySelector("[data-answer]")) {
    await apply(part, values);
    return { ok: true, part };
  }
  if (part.querySelector("[data-field]")) return { ok: false, part };
  if (response.status === 404) reload();
  return { ok: false, part, refusal: wordsOf(part) || `That was not done (${response.status}).` };
}

const wordsOf = (part) =>
  [...part.querySelectorAll("[data-refused] :is(p, li)")].map((line) => line.textContent).join(" ");

/** After a lost answer: take over what the server has by now; true when something had changed there. */
async function arrivedAlready() {
  const response = await fetch(`${url}/changes?base=${revision()}`, { headers: { "HX-Request": "true" } });
  if (response.status !== 200) return false;
  await apply(fragment(await response.text()), {});
  toast("The connection broke while saving. Please check that your last change is there.", { kind: "warning" });
  return true;
}

function stuck(why) {
  line.stuck = why;
  emit("editor:state");
}

const pause = (seconds) => new Promise((resolve) => {
  const timer = setTimeout(resolve, seconds * 1000);
  wake = () => { clearTimeout(timer); resolve(); };
});

/** HTML text as nodes. */
export function fragment(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content;
}
