// A place is {parent, before, after}: below `parent` (an id, "" for the root list), in front of the child `before`
// or behind the child `after`; neither: at the end. Ids, not numbers, so that it stays right while edits are on their way.

import { element } from "../lib/dom.js";
import { holdsChildren } from "./catalog.js";
import { edit } from "./edits.js";
import { childrenOf, indexOf, nameOf, nodeOf, parentOf, selected, typeOf } from "./page.js";

export const rootPlace = { parent: "" };
export const under = (node) => ({ parent: node.dataset.nodeId });
export const behind = (node) => ({ parent: parentOf(node)?.dataset.nodeId ?? "", after: node.dataset.nodeId });
export const before = (node) => ({ parent: parentOf(node)?.dataset.nodeId ?? "", before: node.dataset.nodeId });

/** Under the selected action; behind it when it holds nothing; with no selection, at the end of the roots. */
export function placeAtSelection() {
  const node = selected();
  if (!node) return rootPlace;
  return holdsChildren(typeOf(node)) ? under(node) : behind(node);
}

/** The place in words, as nodes: "Fits under <b>Open person page</b>". */
export function describe(place) {
  const bold = (id) => element("b", {}, nameOf(nodeOf(id)));
  if (place.after) return ["Fits after ", bold(place.after)];
  if (place.before) return ["Fits before ", bold(place.before)];
  return place.parent ? ["Fits under ", bold(place.parent)] : ["Can start a workflow"];
}

/** {parent, index} as the server wants it, as the page stands now, without the nodes that move; null when it is gone. */
export function asFields(place, moved = []) {
  if (place.parent && !nodeOf(place.parent)) return null;
  const beside = nodeOf(place.before ?? place.after);
  if (!place.before && !place.after) return { parent: place.parent };
  if ((beside && (parentOf(beside)?.dataset.nodeId ?? "")) !== place.parent) return null;
  const ahead = childrenOf(parentOf(beside)).slice(0, indexOf(beside) + (place.after ? 1 : 0));
  return { parent: place.parent, index: ahead.filter((node) => !moved.includes(node.dataset.nodeId)).length };
}

/** Put a new action of `type` there. */
export const add = (type, place) => edit("add", () => {
  const fields = asFields(place);
  return fields && { type, ...fields };
});

/** Put the nodes of these ids there. */
export const move = (ids, place) => edit("move", () => {
  const fields = asFields(place, ids);
  return fields && { node: ids, ...fields };
});
