// "Wrap in…": the actions that may stand between an action and what is above it.

import { allowedUnder, mayStand } from "./catalog.js";
import { openMenu } from "./choicemenu.js";
import { element } from "../lib/dom.js";
import { toast } from "../ui/toast.js";
import { edit } from "./edits.js";
import { nameOf, parentOf, typeOf } from "./page.js";

export const wrappers = (node) =>
  allowedUnder(parentOf(node)?.dataset.nodeId ?? "").filter((action) => mayStand(action.type, typeOf(node)));

export function openWrappers(node, anchor) {
  const fits = wrappers(node);
  if (!fits.length) return toast(`No action may stand between ${nameOf(node)} and what is above it.`, { kind: "info" });
  const title = ["Put between what is above and ", element("b", {}, nameOf(node))];
  openMenu(title, { fits, others: [] }, anchor, ({ dataset }) => edit("wrap", { node: node.dataset.nodeId, type: dataset.choice }));
}
