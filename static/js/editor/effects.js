// "If you run this": what the tree can do at most. Fetched again a moment after an edit that can change it; the number
// of times that the selected action runs is that of the loop it stands in.

import { closest } from "../lib/dom.js";
import { fragment, settled } from "./edits.js";
import { openInspector } from "./inspector.js";
import { nameOf, selected, url } from "./page.js";

const PAUSE = 500; // milliseconds without an edit
const NO_MATTER = ["label", "note"];
const COUNTS = "/limit"; // the only parameter that does
const pill = document.getElementById("effects-pill");
const strip = () => document.getElementById("effects");
let timer;
let asked = 0;

document.addEventListener("editor:changed", ({ detail }) => {
  const matters = detail.field ? detail.field === COUNTS : !detail.sent?.some((name) => NO_MATTER.includes(name));
  if (!matters && detail.ids.length < 2) return; // with more, others have changed something too
  clearTimeout(timer);
  timer = setTimeout(refresh, PAUSE);
});

async function refresh() {
  const turn = (asked += 1);
  await settled();
  const response = await fetch(`${url}/effects`, { headers: { "HX-Request": "true" } }).catch(() => null);
  if (turn !== asked || !response?.ok) return;
  const fresh = fragment(await response.text()).querySelector("#effects");
  const old = strip();
  const hadFocus = old.contains(document.activeElement);
  fresh.open = old.open;
  old.replaceWith(fresh);
  if (hadFocus) fresh.querySelector("summary").focus({ preventScroll: true });
  show();
}

/** What is said of the selected action, and on the pill. */
function show() {
  const here = strip().querySelector(".effects__here");
  const times = selected() ? timesOf(selected()) : "";
  here.hidden = !times;
  here.textContent = times ? `${nameOf(selected())}: up to ${times} times` : "";
  pill.textContent = strip().querySelector(".effects__headline").textContent;
}

/** How often an action runs, or "" for once. */
function timesOf(node) {
  const rounds = JSON.parse(document.getElementById("effects-rounds").textContent);
  for (let at = node; at; at = at.parentElement.closest(".node")) {
    if (at.dataset.nodeId in rounds) return rounds[at.dataset.nodeId] === "1" ? "" : rounds[at.dataset.nodeId];
  }
  return "";
}

document.addEventListener("editor:selected", show);
pill.addEventListener("click", () => {
  openInspector();
  strip().open = true;
  strip().querySelector("summary").focus();
});
show();
