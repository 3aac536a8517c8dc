// Why an action may not stand in a place, and what to do instead: the words and the ways out come from the server
// (W/refusal), each way is an edit. One popover for the whole page.

import { closest } from "../lib/dom.js";
import { toast } from "../ui/toast.js";
import { edit, fragment } from "./edits.js";
import { add, asFields } from "./places.js";
import { selected, tree, url } from "./page.js";
import { openAt } from "./popover.js";

const popover = document.getElementById("refusal");
let after = null;

/**
 * Explain that `what` (an action type, or the element [data-node-id] of an action that is there) may not stand at
 * `place` (see places.js; or {parent, index}), beside the element `anchor`. When it may after all, it is put there.
 */
export async function showRefusal(what, place, anchor) {
  const isNew = typeof what === "string";
  const fields = asFields(place);
  if (!fields) return;
  const asked = { ...(isNew ? { type: what } : { node: what.dataset.nodeId }), ...fields };
  const response = await fetch(`${url}/refusal?${new URLSearchParams(asked)}`, { headers: { "HX-Request": "true" } }).catch(() => null);
  if (!response) return toast("It does not fit there. What would make it fit can be asked when there is a connection.", { kind: "error" });
  if (response.status === 204) return edit(isNew ? "add" : "move", asked);
  if (!response.ok) return;
  popover.querySelector(".refusal__body").replaceChildren(fragment(await response.text()));
  after = document.activeElement;
  openAt(popover, anchor?.isConnected ? anchor : document.getElementById("canvas"));
  (popover.querySelector("[data-repair]") ?? popover.querySelector("[data-refusal-close]")).focus();
}

/** Add what was chosen from a list (choices.js), or say why it does not fit. */
export const addOrExplain = ({ dataset }, place, anchor) =>
  ("misfit" in dataset ? showRefusal(dataset.choice, place, anchor) : add(dataset.choice, place));

popover?.addEventListener("click", async (event) => {
  const repair = closest(event, "[data-repair]");
  if (!repair && !closest(event, "[data-refusal-close]")) return;
  popover.hidePopover();
  if (!repair) return after?.focus();
  const { ok } = await edit(repair.dataset.repair, JSON.parse(repair.dataset.fields));
  if (ok && (document.activeElement === document.body || !document.activeElement)) (selected() ?? tree()).focus({ preventScroll: true });
});

popover?.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const ways = [...popover.querySelectorAll("button")];
  ways.at((ways.indexOf(document.activeElement) + step) % ways.length)?.focus();
});
