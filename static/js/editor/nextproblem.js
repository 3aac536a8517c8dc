// From problem to problem, in the order of the tree: the action is selected, and its first field that is wrong gets the
// focus.

import { choose as chooseTab } from "../ui/tabs.js";
import { leadToProblem, openInspector } from "./inspector.js";
import { announce, mayEdit, select, selected, tree } from "./page.js";

/** Go to the next problem from the selected action on, or with -1 to the one before. */
export function goToProblem(by) {
  const wrong = [...tree().querySelectorAll(".node-card [data-problem]")].map((badge) => badge.closest(".node"));
  if (!wrong.length) return announce("Nothing is wrong here.");
  const node = wrong.at(place(wrong, by) % wrong.length);
  select(node, { focus: true });
  chooseTab(document.getElementById("tab-settings"));
  openInspector();
  if (mayEdit) leadToProblem();
  announce(`Problem ${wrong.indexOf(node) + 1} of ${wrong.length}: ${node.querySelector("[data-problem]").title}`);
}

/** The index of the nearest one below (1) or above (-1) the selected action; one end follows on the other. */
function place(wrong, by) {
  const from = selected();
  if (!from) return by > 0 ? 0 : -1;
  const isBelow = (node) => Boolean(from.compareDocumentPosition(node) & Node.DOCUMENT_POSITION_FOLLOWING);
  if (by > 0) return Math.max(0, wrong.findIndex(isBelow));
  return wrong.findLastIndex((node) => node !== from && !isBelow(node));
}
