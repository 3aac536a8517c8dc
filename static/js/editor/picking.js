// Selecting several actions by tapping, where there is neither Shift nor Ctrl: begun from the menu of an action, until it
// is done or nothing is selected any more. Meanwhile a tap on a card selects one more, or one less (tree.js).

import { openInspector } from "./inspector.js";
import { allSelected, select } from "./page.js";

const bar = document.getElementById("picking");

export const isPicking = () => bar?.hidden === false;

export function startPicking(node) {
  select(node, { focus: true, scroll: false });
  bar.hidden = false;
  say();
}

export function stopPicking() {
  bar.hidden = true;
}

/** Show what can be done to all that are selected. */
export function usePicked() {
  stopPicking();
  openInspector();
}

function say() {
  const { length } = allSelected();
  bar.querySelector("[data-what]").textContent = `${length} selected`;
  if (!length) stopPicking();
}

document.addEventListener("editor:chosen", () => { if (isPicking()) say(); });
