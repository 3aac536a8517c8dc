// Switch between outline, map and JSON: <main data-view>, and "view:shown {view}" on the document when it changed.
// Outline and map are the same elements, so selection and focus stay by themselves; what was in sight is kept there.
// In JSON view #code stands in the place of the canvas. The server draws the page in the view that was used last.

import { cardOf, childrenOf, root, selected, tree } from "./page.js";

const YEAR = 365 * 24 * 3600;
const switcher = document.getElementById("view-switch");
const canvas = document.getElementById("canvas");
const code = document.getElementById("code");

export const viewShown = () => root.dataset.view;

/** Show a view. `focus`: go on with the keyboard there. */
export function showView(view, { focus = false } = {}) {
  const goesOut = view === "json" && canvas.contains(document.activeElement);
  if (view !== viewShown()) change(view);
  if (focus && view !== "json") (selected() ?? tree().firstElementChild)?.focus({ preventScroll: true });
  else if (goesOut) optionOf(view).focus();
}

function change(view) {
  const kept = inSight();
  root.dataset.view = view;
  for (const option of switcher.children) {
    option.setAttribute("aria-checked", option === optionOf(view));
    option.tabIndex = option === optionOf(view) ? 0 : -1;
  }
  canvas.hidden = view === "json";
  if (code) code.hidden = view !== "json";
  if (view !== "json") document.cookie = `view=${view}; path=/; max-age=${YEAR}; samesite=lax`;
  document.dispatchEvent(new CustomEvent("view:shown", { detail: { view } }));
  if (kept) cardOf(kept).scrollIntoView({ block: selected() ? "center" : "start", inline: selected() && view === "map" ? "center" : "nearest" });
}

const optionOf = (view) => switcher.querySelector(`[data-do="view-${view}"]`);

/** The action to keep in sight: the selected one, else the first whose card can be seen now. */
function inSight() {
  if (canvas.hidden || selected()) return selected();
  const top = canvas.getBoundingClientRect().top;
  const isAbove = (part) => part.getBoundingClientRect().bottom <= top;
  let found = null;
  do found = childrenOf(found).find((node) => !isAbove(node)) ?? null;
  while (found && isAbove(cardOf(found)));
  return found;
}

switcher.addEventListener("keydown", (event) => {
  const options = [...switcher.children];
  const at = options.indexOf(document.activeElement);
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  if (!step || at < 0) return;
  event.preventDefault();
  const next = options.at((at + step) % options.length);
  next.focus();
  showView(next.dataset.do.slice("view-".length));
});
