// The page that compares two versions: go from difference to difference, hide or show what is the same, and tick what
// is to be taken back, or over.

import { closest } from "./lib/dom.js";

const differences = () => [...document.querySelectorAll("[data-difference]")];
let last = null; // where the last jump went
const folds = () => document.querySelectorAll(".diff-fold > details");

/** We are at the difference that has the focus, else where the last jump went. Behind the last comes the first. */
function jump(by) {
  const all = differences();
  const here = all.indexOf(document.activeElement.closest("[data-difference]") ?? last);
  const start = here < 0 && by < 0 ? 0 : here;
  last = all[(start + by + all.length) % all.length];
  last.focus({ preventScroll: true });
  last.scrollIntoView({ block: "center" });
}

document.addEventListener("click", (event) => {
  const button = closest(event, "[data-next-difference]");
  if (button) jump(Number(button.dataset.nextDifference));
});

document.addEventListener("change", ({ target }) => {
  if (target.matches("[data-only-differences]")) for (const fold of folds()) fold.open = !target.checked;
  if (target.form?.id !== "take") return;
  tickBelow(target);
  countTicked();
});

/** What came or went with an action goes the way of the action. */
function tickBelow(tick) {
  const kind = tick.closest(".diff-card")?.dataset.kind;
  if (kind !== "added" && kind !== "removed") return;
  const below = tick.closest("li").querySelectorAll(`.diff-card[data-kind="${kind}"] input[name="node"]`);
  for (const each of below) each.checked = tick.checked;
}

function countTicked() {
  const button = document.querySelector("[data-take]");
  if (!button) return;
  const ticks = [...document.querySelectorAll('input[type="checkbox"][form="take"]')];
  const ticked = ticks.filter((tick) => tick.checked).length;
  button.disabled = !ticked;
  const take = button.dataset.take || "Take back";
  button.querySelector("[data-take-words]").textContent = ticked ? `${take} ${ticked} of ${ticks.length}` : `Tick what to ${take.toLowerCase()}`;
}

// The page has them greyed out: without this script they would take a press and do nothing.
for (const each of document.querySelectorAll("[data-next-difference], [data-only-differences]")) each.disabled = false;
countTicked();
addEventListener("pageshow", countTicked); // a browser that comes back keeps the ticks
