// Copy, cut and paste of actions, by the events of the browser, so that no permission is needed. On the clipboard is plain
// JSON that any editor takes, and beside it our own form, which keeps notes and what is switched off.
//
// The browser wants the text at once, and the server has it: it is fetched when Ctrl goes down, or a menu opens. If it is
// not here yet, the copy is made as soon as it is.

import { csrfHeaders } from "../lib/csrf.js";
import { closest, isTyping } from "../lib/dom.js";
import { toast } from "../ui/toast.js";
import { revision } from "./apply.js";
import { mayStand } from "./catalog.js";
import { edit, line, settled } from "./edits.js";
import { announce, mayEdit, nodeOf, selected, typeOf, url } from "./page.js";
import { asFields, behind, move, rootPlace, under } from "./places.js";
import { chosen, chosenWith } from "./selection.js";
import { idsOf, namesOf } from "./several.js";
import { viewShown } from "./views.js";

const OURS = "application/x-trellis-actions";
const VIEWS = ["outline", "map"]; // in which the tree is seen

let ready = null; // {key, text, clip}: what a copy of the actions of `key` puts on the clipboard
let copied = null; // {text, clip}: what was copied or cut last, on this page
let cutIds = null; // {text, ids}: what was cut, until it is pasted
let closeToast = () => {}; // which says that it moves when it is pasted
let wanted = null; // the nodes that a menu asks to copy, instead of the chosen ones

const keyOf = (nodes) => `${revision()} ${idsOf(nodes)}`;
const isReady = (nodes) => ready?.key === keyOf(nodes) && !line.edits.length;

/** Fetch what a copy of these nodes needs; false when that fails. */
async function prepare(nodes) {
  await settled();
  if (isReady(nodes)) return true;
  const key = keyOf(nodes);
  const body = new URLSearchParams(idsOf(nodes).map((id) => ["node", id]));
  const response = await fetch(`${url}/clip`, { method: "POST", body, headers: { "HX-Request": "true", ...csrfHeaders() } }).catch(() => null);
  if (!response?.ok) return false;
  ready = { key, ...(await response.json()) };
  return true;
}

/** Whether a copy or paste is about actions: not about text that is typed or selected. */
const isOurs = (event) =>
  VIEWS.includes(viewShown()) && !isTyping(event.target) && !closest(event, "dialog, [popover]") && getSelection().isCollapsed;

document.addEventListener("keydown", (event) => {
  if ((event.key === "Control" || event.key === "Meta") && isOurs(event) && chosen().length) prepare(chosen());
});

for (const kind of ["copy", "cut"]) {
  document.addEventListener(kind, (event) => {
    const nodes = wanted ?? (isOurs(event) ? chosen() : []);
    if (!nodes.length) return;
    event.preventDefault();
    if (isReady(nodes)) put(event.clipboardData, nodes, kind === "cut" && mayEdit);
    else putLater(nodes, kind);
  });
}

function put(clipboard, nodes, isCut) {
  clipboard.setData("text/plain", ready.text);
  clipboard.setData(OURS, ready.clip);
  taken(nodes, isCut);
}

function taken(nodes, isCut) {
  forgetCut();
  copied = { text: ready.text, clip: ready.clip };
  if (isCut) {
    cutIds = { text: ready.text, ids: idsOf(nodes) };
    markCut();
  }
  announce(isCut ? `Cut ${namesOf(nodes)}. Paste to move it; Escape leaves it here.` : `Copied ${namesOf(nodes)}.`);
  if (isCut) closeToast = toast(`Cut ${namesOf(nodes)}: it moves when you paste.`, { kind: "info" });
  else toast(`Copied ${namesOf(nodes)}.`);
}

/** Copy once the text is here: the key press still counts for some seconds. */
async function putLater(nodes, kind) {
  if (!(await prepare(nodes))) return toast("That could not be copied: no connection.", { kind: "error" });
  wanted = nodes;
  const done = document.execCommand(kind) || document.execCommand("copy");
  wanted = null;
  if (done) return;
  try {
    await navigator.clipboard.writeText(ready.text);
    taken(nodes, kind === "cut" && mayEdit);
  } catch {
    toast("The browser did not let go of the clipboard in time. Press the keys once more.", { kind: "warning" });
  }
}

export const copy = (node) => putLater(chosenWith(node), "copy");
export const cut = (node) => putLater(chosenWith(node), "cut");

// --- What is cut ------------------------------------------------------------------------------------------------

function markCut() {
  for (const id of cutIds?.ids ?? []) nodeOf(id)?.classList.add("node--cut");
}

function forgetCut() {
  for (const id of cutIds?.ids ?? []) nodeOf(id)?.classList.remove("node--cut");
  cutIds = null;
  closeToast();
}

document.addEventListener("editor:changed", markCut);
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !cutIds || !isOurs(event)) return;
  forgetCut();
  announce("It stays here.");
});

// --- Pasting ----------------------------------------------------------------------------------------------------

document.addEventListener("paste", (event) => {
  if (!mayEdit || !isOurs(event)) return;
  const text = event.clipboardData.getData("text/plain");
  if (!text.trim()) return;
  event.preventDefault();
  pasteText(text, event.clipboardData.getData(OURS));
});

/**
 * Paste from a menu, at the selected action. The browser keeps its clipboard from us: what was cut here moves, what was
 * copied here is looked at first.
 */
export async function paste(node) {
  if (cutIds) await pasteText(copied.text, copied.clip);
  else (await import("./dialogs.js")).openPaste(node, copied ?? undefined);
}

async function pasteText(text, clip) {
  const types = typesIn(text);
  if (!types) return toast("There is no workflow on the clipboard. Copy actions, or their JSON, first.", { kind: "warning" });
  const place = placeFor(types);
  if (!place) return (await import("./dialogs.js")).openPaste(selected(), { text, clip });
  const ids = cutIds?.text === text ? cutIds.ids.filter(nodeOf) : [];
  forgetCut();
  if (ids.length) await move(ids, place);
  else await edit("paste", () => {
    const fields = asFields(place);
    return fields && { text, ...(clip && { clip }), ...fields };
  });
}

/** The action types at the top of a text; null when it is no workflow. */
function typesIn(text) {
  try {
    const types = [JSON.parse(text)].flat().map((action) => action?.actionType);
    return types.length && types.every((type) => typeof type === "string") ? types : null;
  } catch {
    return null;
  }
}

/** Under the selected action, else behind it; null when not everything fits there. */
function placeFor(types) {
  const node = selected();
  const places = node ? [under(node), behind(node)] : [rootPlace];
  const isCut = (place) => cutIds?.ids.some((id) => nodeOf(id)?.contains(nodeOf(place.parent)));
  return places.find((place) => !isCut(place) && types.every((type) => mayStand(place.parent ? typeOf(nodeOf(place.parent)) : null, type))) ?? null;
}
