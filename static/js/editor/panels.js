// Panels with [data-load] (a part of the workflow's address): fetched when they are looked at, and again after each
// edit while they are.

import { closest, element } from "../lib/dom.js";
import { choose as chooseTab } from "../ui/tabs.js";
import { showTimes } from "../ui/times.js";
import { fragment } from "./edits.js";
import { nodeOf, select, url } from "./page.js";
import { released } from "./press.js";
import { leadTo, openInspector } from "./inspector.js";

/**
 * What works in a panel, and shows it where it says how, by its data-load; it is there before anything can be pressed.
 * main.js fills it: a module named here could not import this one.
 */
export const scripts = {};
let asked = 0;

/** Fetch what a panel shows. The focus within it stays on what has the same id, else goes to the panel. */
export async function load(panel) {
  const turn = (asked += 1);
  const response = await fetch(`${url}/${panel.dataset.load}`, { headers: { "HX-Request": "true" } }).catch(() => null);
  if (turn === asked && !response) return showOffline(panel);
  if (turn !== asked || !response.ok) return;
  const html = await response.text();
  const script = await scripts[panel.dataset.load]?.();
  await released();
  if (turn !== asked) return;
  if (script?.show) return script.show(fragment(html));
  const top = panel.scrollTop;
  const focus = panel.contains(document.activeElement) ? document.activeElement.id : null;
  panel.replaceChildren(fragment(html));
  panel.scrollTop = top;
  showTimes(panel);
  if (focus !== null) (document.getElementById(focus) ?? panel).focus({ preventScroll: true });
}

/** What the panel showed before stays. */
function showOffline(panel) {
  window.addEventListener("online", () => { if (shown() === panel) load(panel); }, { once: true });
  if (!panel.childElementCount) panel.replaceChildren(element("p", { class: "muted" }, "There is no connection. This comes when it is back."));
}

const shown = () => document.querySelector("[data-load]:not([hidden])");

document.addEventListener("tab:shown", (event) => {
  if (event.target.matches("[data-load]")) load(event.target);
  if (event.target.id === "panel-inputs") import("./inputs.js");
});
document.addEventListener("editor:selected", () => import("./placeholders.js"), { once: true }); // works in the form that comes
document.addEventListener("editor:changed", () => { if (shown()) load(shown()); });

document.addEventListener("click", (event) => {
  const badge = closest(event, ".node-card [data-problem]");
  if (badge) chooseTab(document.getElementById("tab-settings"));
  if (closest(event, "[data-show-history]")) {
    openInspector();
    chooseTab(document.getElementById("tab-history"), { focus: true });
  }
  const jump = closest(event, "[data-jump]");
  if (!jump) return;
  select(nodeOf(jump.dataset.jump), { focus: true });
  chooseTab(document.getElementById("tab-settings"));
  if (jump.dataset.field) leadTo(jump.dataset.field);
});

// A link of the results table leads here.
if (location.hash === "#results") {
  chooseTab(document.getElementById("tab-columns"));
  openInspector();
}
