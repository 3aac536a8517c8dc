// The JSON view: the workflow as it would be sent, in a code editor in the place of the canvas. It follows the tree,
// unless it holds text that is not applied. Applying is one edit (verb "json"), made on the revision that was read; what
// others did since is kept, and where both changed the same the person decides. What was typed goes only when told to: a
// reload brings it back (stored.js).

import { closest } from "../lib/dom.js";
import { choose as chooseTab } from "../ui/tabs.js";
import { toast } from "../ui/toast.js";
import { confirm } from "../ui/confirm.js";
import { edit, line, settled } from "./edits.js";
import { announce, mayEdit, nodeOf, select, selectedId, url } from "./page.js";
import { setUnapplied } from "./savestate.js";
import { storedText, storeText } from "./stored.js";
import { showView, viewShown } from "./views.js";

const view = document.getElementById("code");
const form = document.getElementById("code-form");
const source = document.getElementById("code-text");
const foot = document.getElementById("code-unapplied"); // not there for those who may only look
const why = document.getElementById("code-why");
const notice = document.getElementById("code-notice");
const lead = document.getElementById("code-lead");
const LEAD = lead.textContent;

const NOTHING = { text: "", revision: "", problems: [], places: {} };
let read = NOTHING; // what the text was read from, the answer of W/json
let theirs = null; // the same as it is by now, while text that is not applied keeps it from being shown
let typed = false; // the text is not `read.text` any more
let stale = true; // the tree has changed since it was read, or it never was
let sending = false;
let disputed = false; // the person is asked about what both sides changed
let asked = 0;
let left = mayEdit ? storedText() : null; // what was typed before a reload, until the view is shown
let keeping; // the timer that will store what is typed

const PAUSE = 300; // milliseconds without a key

const isShown = () => viewShown() === "json";
const tell = (type, detail) => source.dispatchEvent(new CustomEvent(type, { bubbles: true, detail }));

// --- Following the tree ------------------------------------------------------------------------------------

document.addEventListener("view:shown", ({ detail }) => {
  if (detail.view === "json") show();
  else if (typed) offerToApply();
});

async function show() {
  if (stale) await refresh();
  showSelected();
}

document.addEventListener("editor:changed", () => {
  stale = true;
  if (isShown() && !sending) refresh();
});

/** Load the editor and its style sheet, once the view is wanted. */
let prepared;
function prepare() {
  prepared ??= Promise.all([import("../ui/code.js"), styled(view.dataset.style)]).catch((error) => { prepared = null; throw error; });
  return prepared;
}

function styled(href) {
  const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href });
  document.head.append(link);
  return new Promise((resolve) => { link.onload = link.onerror = resolve; });
}

/** Ask for the JSON as it is now. `applied`: the text that has just become it. */
async function refresh(applied = null) {
  const turn = (asked += 1);
  if (line.stuck) lead.textContent = "The JSON follows when what waits is saved.";
  await settled();
  const response = await prepare().then(() => fetch(`${url}/json`, { headers: { "HX-Request": "true" } })).catch(() => null);
  if (turn !== asked) return;
  if (!response?.ok) return tellWhyNot(response);
  lead.textContent = LEAD;
  source.readOnly = !mayEdit; // nothing typed before the text is here would stay
  const fresh = await response.json();
  if (turn !== asked) return;
  stale = false;
  if (left) bringBack(fresh);
  if (!typed || source.value === applied || sameValue(source.value, fresh.text)) accept(fresh);
  else if (applied !== null) rebase(fresh);
  else if (fresh.text !== read.text) hold(fresh);
  else read = { ...fresh, problems: read.problems };
  keep();
}

function tellWhyNot(response) {
  lead.textContent = response ? "The JSON could not be fetched. It will be when the next change is made." : "There is no connection. The JSON follows when it is back.";
  if (!response) window.addEventListener("online", () => { if (isShown()) show(); }, { once: true });
}

/** Show what was typed before a reload, on what it was typed into. */
function bringBack(fresh) {
  read = left.revision === fresh.revision ? fresh : { ...NOTHING, revision: left.revision };
  source.dataset.inputs = JSON.stringify(fresh.inputs);
  tell("code:text", { text: left.text });
  left = null;
  typed = true;
  foot.hidden = false;
}

function sameValue(one, other) {
  try {
    return JSON.stringify(JSON.parse(one)) === JSON.stringify(JSON.parse(other));
  } catch {
    return false;
  }
}

/** Show the JSON as it is; nothing of ours is open any more. */
function accept(fresh) {
  read = fresh;
  source.dataset.inputs = JSON.stringify(fresh.inputs);
  tell("code:text", { text: fresh.text });
  tell("code:problems", { problems: fresh.problems });
  settle();
}

/** What was sent is applied, and somebody has typed on since. */
function rebase(fresh) {
  read = fresh;
  forgetTheirs();
}

function forgetTheirs() {
  theirs = null;
  disputed = false;
  notice.hidden = true;
}

/** Others have changed the workflow while ours is not applied. */
function hold(fresh) {
  theirs = fresh;
  if (disputed) return;
  inform("The workflow has changed since you began to type. Applying puts your changes onto the new state.", []);
  notice.querySelector('[data-code-do="keep"]').hidden = true;
}

function settle() {
  typed = false;
  forgetTheirs();
  say("");
  if (foot) foot.hidden = true;
  setUnapplied(false);
  keep();
}

/** Let what is typed and not applied outlive this page, and nothing else. */
function keep() {
  clearTimeout(keeping);
  keeping = null;
  if (!left) storeText(typed ? { text: source.value, revision: read.revision } : null);
}

function keepSoon() {
  clearTimeout(keeping);
  keeping = setTimeout(keep, PAUSE);
}

window.addEventListener("pagehide", () => { if (keeping) keep(); });

// --- Typing and applying -----------------------------------------------------------------------------------

document.addEventListener("code:change", ({ target, detail }) => {
  if (target !== source) return;
  typed = detail.text !== read.text;
  if (!typed && theirs) accept(theirs);
  else if (!typed) settle();
  else {
    foot.hidden = false;
    say("");
    setUnapplied(true);
    keepSoon();
  }
});

form.addEventListener("submit", (event) => {
  event.preventDefault();
  apply();
});

/** Make the text the workflow; `mine`: also where others changed the same. */
async function apply(mine = false) {
  if (!typed || sending) return;
  const text = source.value;
  sending = true;
  const { ok, part, refusal } = await edit("json", { text, read: read.revision, mine: mine ? 1 : 0 }, { quiet: true });
  sending = false;
  // Without a part the answer was lost: only what the server has by now tells whether it was this.
  if (ok) return refresh(part ? text : null);
  if (part?.querySelector('[data-refused="conflicts"]')) return disagree(part);
  const marks = part?.querySelector("script[type='application/json']");
  if (marks) tell("code:problems", { problems: JSON.parse(marks.textContent) });
  say(marks ? "This is no workflow yet. See the marked lines." : refusal);
  if (!isShown()) toast(`The JSON is not applied. ${refusal}`, { kind: "error", action: "Show it", onAction: () => showView("json") });
}

function disagree(part) {
  disputed = true;
  inform(part.querySelector("p").textContent, [...part.querySelectorAll("li")].map((line) => line.textContent));
  notice.querySelector('[data-code-do="keep"]').hidden = false;
  if (!isShown()) showView("json");
}

function inform(text, lines) {
  document.getElementById("code-notice-text").textContent = text;
  document.getElementById("code-notice-list").replaceChildren(...lines.map((line) => Object.assign(document.createElement("li"), { textContent: line })));
  notice.hidden = false;
}

function say(text) {
  if (why) why.textContent = text;
}

function offerToApply() {
  toast("What you typed into the JSON is not applied.", { kind: "warning", action: "Apply", onAction: () => apply() });
}

const DO = {
  keep: () => apply(true),
  async discard() {
    if (await confirm({ title: "Discard what you typed?", text: "The JSON is shown as the workflow is now.", button: "Discard" })) takeTheirs();
  },
  async drop() {
    if (await confirm({ title: "Drop what you typed?", text: "The JSON is shown as others left it.", button: "Drop mine" })) takeTheirs();
  },
  async compare() {
    theirs ??= await fetchNow();
    if (!theirs) return sayUnreachable();
    document.getElementById("theirs-text").textContent = theirs.text;
    document.getElementById("theirs").showModal();
  },
};

/** The JSON as it is now; null when it cannot be had. */
const fetchNow = () =>
  fetch(`${url}/json`, { headers: { "HX-Request": "true" } })
    .then((response) => (response.ok && !response.headers.has("HX-Redirect") ? response.json() : null), () => null);

const sayUnreachable = () => toast("The workflow as it is now could not be fetched. What you typed is still here. Try again.", { kind: "error" });

/** What was typed goes only when the other is here. */
async function takeTheirs() {
  const fresh = line.stuck ? null : await settled().then(fetchNow);
  if (!fresh) return sayUnreachable();
  asked += 1; // an answer on its way is older
  stale = false;
  accept(fresh);
  announce("What you typed is discarded.");
  source.focus();
}

view.addEventListener("click", (event) => {
  const button = closest(event, "[data-code-do]");
  if (button) DO[button.dataset.codeDo]();
});

// A repair is an edit like any other, unless the text is on its way to be something else: then it is made in the text.
document.addEventListener("code:fix", (event) => {
  const { node, code, fix } = event.detail.problem;
  if (event.target !== source || typed || !node) return;
  event.preventDefault();
  edit("fix", { node, code, title: fix.title });
});

// --- The selected action -----------------------------------------------------------------------------------

let pointing = false; // the selection comes from the text

document.addEventListener("code:at", ({ target, detail }) => {
  if (target !== source || typed) return;
  const [id] = Object.entries(read.places).find(([, path]) => path === detail.path) ?? [];
  if (!id || id === selectedId()) return;
  pointing = true;
  select(nodeOf(id), { scroll: false });
  pointing = false;
  chooseTab(document.getElementById("tab-settings"));
});

document.addEventListener("editor:selected", () => { if (isShown() && !pointing) showSelected(); });

// A jump from the list of problems ends in the text.
document.addEventListener("click", (event) => { if (isShown() && closest(event, "[data-jump]")) showSelected({ focus: true }); });

function showSelected({ focus = false } = {}) {
  const path = read.places[selectedId()];
  if (path !== undefined && !typed) tell("code:goto", { path, focus });
}

if (left) {
  setUnapplied(true);
  if (!isShown()) toast("What you typed into the JSON before is kept. It is not applied.", { kind: "warning", action: "Show it", onAction: () => showView("json") });
}
if (isShown()) show();
