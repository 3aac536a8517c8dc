// [role=tablist] > [role=tab][aria-controls]: shows the panel of the chosen tab; arrows, Home and End move.
// Tabs that are links to pages start with the current one in view.

import { closest } from "../lib/dom.js";

/** Choose a tab. Fires "tab:shown" on its panel. */
export function choose(tab, { focus = false } = {}) {
  for (const other of tab.parentElement.querySelectorAll('[role="tab"]')) {
    const chosen = other === tab;
    other.setAttribute("aria-selected", chosen);
    other.tabIndex = chosen ? 0 : -1;
    document.getElementById(other.getAttribute("aria-controls")).hidden = !chosen;
  }
  if (focus) tab.focus();
  document.getElementById(tab.getAttribute("aria-controls")).dispatchEvent(new CustomEvent("tab:shown", { bubbles: true }));
}

/** Of links in a row that is wider than a phone, the one to this page is in view. */
for (const here of document.querySelectorAll(":is(.tabs, .segmented) > [aria-current]")) {
  const row = here.parentElement;
  const before = here.getBoundingClientRect().left - row.getBoundingClientRect().left;
  row.scrollLeft += before - (row.clientWidth - here.offsetWidth) / 2;
}

document.addEventListener("click", (event) => {
  const tab = closest(event, '[role="tab"][aria-controls]');
  if (tab) choose(tab);
});

document.addEventListener("keydown", (event) => {
  const tab = closest(event, '[role="tab"][aria-controls]');
  if (!tab) return;
  const all = [...tab.parentElement.querySelectorAll('[role="tab"]')];
  const at = all.indexOf(tab);
  const next = { ArrowRight: all[(at + 1) % all.length], ArrowLeft: all.at(at - 1), Home: all[0], End: all.at(-1) }[event.key];
  if (!next) return;
  event.preventDefault();
  choose(next, { focus: true });
});
