// The panels Problems and JSON: fetched when they are looked at, and again after each edit while they are.

import { closest } from "../lib/dom.js";
import { choose as chooseTab } from "../ui/tabs.js";
import { fragment } from "./edits.js";
import { nodeOf, select, url } from "./page.js";
import { focusField } from "./inspector.js";

const PANELS = { "panel-problems": "problems", "panel-json": "json" };
let asked = 0;

async function load(panel) {
  const turn = (asked += 1);
  const response = await fetch(`${url}/${PANELS[panel.id]}`, { headers: { "HX-Request": "true" } });
  if (turn !== asked || !response.ok) return;
  const top = panel.scrollTop;
  panel.replaceChildren(fragment(await response.text()));
  panel.scrollTop = top;
}

const shown = () => Object.keys(PANELS).map((id) => document.getElementById(id)).find((panel) => !panel.hidden);

document.addEventListener("tab:shown", (event) => { if (event.target.id in PANELS) load(event.target); });
document.addEventListener("editor:changed", () => { if (shown()) load(shown()); });

document.addEventListener("click", (event) => {
  const badge = closest(event, ".node-card [data-problem]");
  if (badge) chooseTab(document.getElementById("tab-settings"));
  const jump = closest(event, "[data-jump]");
  if (!jump) return;
  select(nodeOf(jump.dataset.jump), { focus: true });
  chooseTab(document.getElementById("tab-settings"));
  focusField(jump.dataset.field ?? "");
});
