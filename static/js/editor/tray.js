// What is laid aside: branches that are kept, but no part of the workflow until they are put back. The list comes from
// the server (W/tray), again after each edit that touched it.

import { closest } from "../lib/dom.js";
import { edit, fragment, offerUndo } from "./edits.js";
import { carryParked } from "./carrying.js";
import { addSource } from "./dragging.js";
import { startPuttingBack } from "./moving.js";
import { mayEdit, tree, url } from "./page.js";

const tray = document.getElementById("tray");
const list = document.getElementById("tray-list");
let asked = 0;

async function renew() {
  const turn = (asked += 1);
  const response = await fetch(`${url}/tray`, { headers: { "HX-Request": "true" } }).catch(() => null);
  if (turn !== asked || !response?.ok) return;
  const at = [...list.children].findIndex((branch) => branch.contains(document.activeElement));
  list.replaceChildren(fragment(await response.text()));
  const count = list.children.length;
  document.getElementById("tray-count").textContent = count;
  tray.hidden = !count;
  if (at < 0) return;
  // The focus was on a branch: it goes to the one that took its place, and to the outline after the last.
  const next = list.children[Math.min(at, count - 1)]?.querySelector("button:not(:disabled)");
  (next ?? tree().querySelector('.node[tabindex="0"]') ?? document.getElementById("main")).focus();
}

list?.addEventListener("click", async (event) => {
  const branch = closest(event, "[data-parked]");
  if (!branch) return;
  const name = branch.querySelector(".node-name").textContent;
  if (closest(event, "[data-put-back]")) startPuttingBack(branch);
  if (!closest(event, "[data-drop-parked]")) return;
  const { ok } = await edit("remove", { node: branch.dataset.nodeId });
  if (ok) offerUndo(`Deleted ${name}.`);
});

if (tray && mayEdit) {
  addSource("[data-parked]", carryParked);
  document.addEventListener("editor:changed", ({ detail }) => { if (detail.tray) renew(); });
}
