// The one way to change a workflow: edit(verb, fields). Edits go out one after another, each on the revision that the
// one before led to. Nothing is lost: while there is no answer the edit stays in line and is sent again, also by the
// page after a reload. Nothing is done twice: each has a key, by which the server knows what it did already.

import { toast } from "../ui/toast.js";
import { csrfHeaders } from "../lib/csrf.js";
import { apply, reload, revision, selections } from "./apply.js";
import { emit, mayEdit, url } from "./page.js";
import { released } from "./press.js";
import { storedEdits, storeEdits } from "./stored.js";

const WAITS = [1, 2, 4, 8, 15, 30]; // seconds between tries
const FIELDS = new Set(["param", "label", "note", "type", "input-change", "column-rename"]); // verbs that set one field, of which only the last word counts

// Edits without an answer yet, in their order, and why the first of them cannot go on: "offline", "server", "signed-out".
// An edit is {key, verb, data, ask, tries, left}: `ask` gives `data` when its turn has come; `left` by an earlier page.
export const line = { edits: [], stuck: "" };
const unsaved = storedEdits().filter((entry) => entry.refused); // what an earlier page could not save, until it was read
let last = Promise.resolve();
let isOut = false;
let wake = () => {};

/** Whether an edit is on its way: its answer will bring what others did too. */
export const onItsWay = () => isOut;

/**
 * Send an edit. `fields`: an object, or a function called when its turn has come (null: drop it).
 * Resolves to {ok, part, refusal}: `part` is the answer as a DocumentFragment (null when it has none), `refusal` says
 * in words why it was not done. A refusal is shown as a toast, unless `quiet` leaves that to the caller.
 */
export function edit(verb, fields = {}, { quiet = false } = {}) {
  closeOffer();
  const ask = typeof fields === "function" ? fields : null;
  const entry = { key: newKey(), verb, data: ask ? ask() : fields, ask };
  return joined(entry) ?? queue(entry, quiet);
}

let closeOffer = () => {};

/** Say what an edit has done, with a way back for as long as it is the last one: undo takes back whatever that is. */
export function offerUndo(text) {
  const close = toast(text, line.edits.length ? {} : { action: "Undo", onAction: () => edit("undo") });
  if (!line.edits.length) closeOffer = close;
}

/** Resolves when every edit that is in line now has its answer. */
export const settled = () => last;

/** Try again now, instead of after the wait. */
export const retryNow = () => wake();
window.addEventListener("online", retryNow);
document.addEventListener("visibilitychange", () => { if (!document.hidden) retryNow(); });

/** Send what the page before a reload could not. */
export async function sendStored() {
  const entries = mayEdit ? storedEdits().filter((entry) => !entry.refused && entry.data) : [];
  const answers = await Promise.all(entries.map((entry) => queue({ ...entry, ask: null, left: true }, true)));
  const saved = answers.filter((answer) => answer.ok).length;
  if (saved) toast(saved === 1 ? "A change from before was saved." : `${saved} changes from before were saved.`);
  if (unsaved.length) emit("editor:unsaved", { entries: unsaved });
}

/** What could not be saved was read (or copied) by the person: forget it. */
export function forgetUnsaved() {
  unsaved.length = 0;
  store();
}

const newKey = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
/** The field that an edit sets, as a text; null when it sets none, or an entry of a list, of which each counts. */
const addressOf = ({ verb, data }) =>
  (FIELDS.has(verb) && data && !/\/(-|\d+)$/.test(data.field ?? "") ? JSON.stringify([verb, data.node ?? data.input ?? data.column, data.field]) : null);

/** What is typed on into a field whose edit is still last in line and was never sent takes that one's place in it. */
function joined(entry) {
  const before = line.edits.at(-1);
  if (!before || before.tries !== 0 || !addressOf(entry) || addressOf(before) !== addressOf(entry)) return null;
  before.data = { ...entry.data, was: before.data.was };
  store();
  return before.turn;
}

function queue(entry, quiet) {
  Object.assign(entry, { tries: 0, selections: selections() });
  line.edits.push(entry);
  changed();
  entry.turn = last.then(() => untilAnswered(entry)).finally(() => {
    line.edits.splice(line.edits.indexOf(entry), 1);
    changed();
  });
  entry.turn.then(({ refusal, lost, gone }) => {
    if (lost) keepUnsaved(entry, refusal, gone);
    else if (refusal && !quiet) toast(refusal, { kind: "error" });
  });
  last = entry.turn.catch(() => {});
  return entry.turn;
}

function changed() {
  store();
  emit("editor:state");
}

function store() {
  const waiting = line.edits.map(({ key, verb, data }) => ({ key, verb, data }));
  storeEdits([...unsaved, ...waiting.filter((entry) => entry.data)]);
}

function keepUnsaved({ key, verb, data }, refused, gone) {
  const same = (each) => each.verb === verb && JSON.stringify(each.data) === JSON.stringify(data);
  if (unsaved.some(same)) return; // sent after a pause, and again when its field was left
  unsaved.push({ key, verb, data, refused, gone });
  store();
  emit("editor:unsaved", { entries: unsaved });
}

// --- Sending ------------------------------------------------------------------------------------------------

async function untilAnswered(entry) {
  if (entry.ask) entry.data = entry.ask();
  entry.ask = null;
  if (!entry.data) return { ok: false, part: null };
  for (;;) {
    entry.tries += 1;
    const answer = await tried(entry);
    if (answer) return answer;
    await pause(WAITS[Math.min(entry.tries, WAITS.length) - 1]);
  }
}

/** One try: the outcome, or null when it has to be tried again. */
async function tried(entry) {
  isOut = true;
  try {
    const response = await post(entry).catch(whenOffline);
    const text = await response?.text().catch(whenOffline);
    const why = text === undefined ? "offline" : response.headers.has("HX-Redirect") ? "signed-out" : response.status >= 500 ? "server" : "";
    setStuck(why);
    return why ? null : await answered(response, fragment(text), entry);
  } finally {
    isOut = false;
  }
}

/** fetch says "no connection" by TypeError. */
function whenOffline(error) {
  if (!(error instanceof TypeError)) throw error;
}

async function post(entry) {
  const send = () => {
    const body = new URLSearchParams({ base: revision(), key: entry.key });
    for (const [name, value] of Object.entries(entry.data)) {
      for (const one of Array.isArray(value) ? value : [value]) if (one !== undefined) body.append(name, one);
    }
    return fetch(`${url}/edit/${entry.verb}`, { method: "POST", body, headers: { "HX-Request": "true", ...csrfHeaders() } });
  };
  const response = await send();
  if (response.status !== 403) return response;
  const again = await fetch(url); // after signing in again the page's token is an old one
  if (again.redirected) return new Response("", { headers: { "HX-Redirect": again.url } });
  const token = again.ok && new DOMParser().parseFromString(await again.text(), "text/html").body.dataset.csrf;
  if (!token) return response;
  document.body.dataset.csrf = token;
  return send();
}

async function answered(response, part, entry) {
  if (response.status === 204) return { ok: true, part: null };
  if (response.ok && part.querySelector("[data-answer]")) {
    await released();
    passOn(entry, part.querySelector("[data-answer]").dataset.was);
    await apply(part, entry);
    return { ok: true, part };
  }
  return refused(response, entry, part);
}

/** What waits for the same field was typed on top of what is saved now. */
function passOn(entry, was) {
  if (was === undefined || !addressOf(entry)) return;
  for (const later of line.edits) {
    if (later !== entry && addressOf(later) === addressOf(entry)) later.data.was = was;
  }
}

/** `lost`: no field of this page holds what was typed. */
async function refused(response, entry, part) {
  if (response.status === 404) await reload();
  const inField = part.querySelector("[data-field], [data-conflict]");
  const words = wordsOf(part) || STATUS[response.status] || `That was not done (${response.status}).`;
  const lost = entry.left || (FIELDS.has(entry.verb) && !inField);
  const gone = response.status === 404 && FIELDS.has(entry.verb) && Boolean(entry.data.node) && Boolean(part.querySelector('[data-refused="gone"]'));
  return { ok: false, part, lost, gone, refusal: inField && !lost ? undefined : words };
}

const STATUS = {
  403: "You may not change this workflow any more.",
  404: "This workflow is no longer there.",
};

const wordsOf = (part) =>
  [...part.querySelectorAll("[data-refused] :is(p, li), [data-field] .error, [data-conflict] [data-why]")]
    .map((line) => line.textContent.trim()).join(" ");

function setStuck(why) {
  if (line.stuck === why) return;
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
