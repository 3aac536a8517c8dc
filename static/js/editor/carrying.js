// What is being put somewhere, by dragging or by keys: a new action, or actions that move. Where it may go, why not
// elsewhere, and the edit that puts it there.

import { actionOf, mayStand } from "./catalog.js";
import { legalMoves, legalPlaces, whyNot } from "./legal.js";
import { childrenOf, nameOf, parentOf, selected, typeOf } from "./page.js";
import { add, move } from "./places.js";
import { showRefusal } from "./refusals.js";
import { idsOf, namesOf } from "./several.js";
import { toast } from "../ui/toast.js";

const idOf = (node) => node?.dataset.nodeId ?? "";

/** A new action of a type: {name, nodes, legal, whyNot(place), refuse(place, anchor), drop(place)}. */
export const carryNew = (type) => ({
  name: actionOf(type).name,
  nodes: [],
  legal: legalPlaces(type),
  whyNot: ({ parent }) => whyNot(type, idOf(parent)),
  refuse: (place, anchor) => showRefusal(type, inIds(place, []), anchor),
  drop: (place) => done(add(type, inIds(place, []))),
});

/** Nodes that move together: the same. */
export const carryNodes = (nodes) => ({
  name: namesOf(nodes),
  nodes,
  legal: legalMoves(nodes),
  whyNot: ({ parent }) => whyNotMove(nodes, parent),
  refuse(place, anchor) {
    if (nodes.length === 1) showRefusal(nodes[0], inIds(place, nodes), anchor);
    else toast(whyNotMove(nodes, place.parent), { kind: "warning" });
  },
  drop: (place) => done(move(idsOf(nodes), inIds(place, nodes))),
});

/** A branch that is laid aside (the element of the tray): the same. Too deep a place, only the server knows. */
export const carryParked = (branch) => ({
  ...carryNew(typeOf(branch)),
  refuse: (place, anchor) => showRefusal(branch, inIds(place, []), anchor),
  drop: (place) => done(move([idOf(branch)], inIds(place, []))),
});

function whyNotMove(nodes, parent) {
  if (nodes.some((node) => node.contains(parent))) return "An action cannot move below itself.";
  const wrong = nodes.find((node) => parentOf(node) !== parent && !mayStand(parent && typeOf(parent), typeOf(node)));
  return wrong ? whyNot(typeOf(wrong), idOf(parent)) : "Actions are nested at most 200 levels deep.";
}

/** A place as places.js has it: by ids, so that it stays right while other edits are on their way. */
function inIds({ parent, behind }, moved) {
  if (behind) return { parent: idOf(parent), after: idOf(behind) };
  const first = childrenOf(parent).find((node) => !moved.includes(node));
  return first ? { parent: idOf(parent), before: idOf(first) } : { parent: idOf(parent) };
}

/** After the edit the focus is on what was put there. A refusal has said so itself. */
async function done(sent) {
  const { ok, refusal } = await sent;
  if (!ok && !refusal) toast("That place is gone: somebody changed it meanwhile.", { kind: "warning" });
  selected()?.focus({ preventScroll: true });
  return ok;
}

/** A place in words: "Under Open person page, after Retrieve skills". */
export function placeInWords({ parent, behind }, moved = []) {
  const under = parent ? `Under ${calledIn(parent)}` : "At the start";
  if (behind) return `${under}, after ${calledIn(behind)}`;
  const first = childrenOf(parent).find((node) => !moved.includes(node));
  return first ? `${under}, before ${calledIn(first)}` : under;
}

/** The name of an action with its label. */
function calledIn(node) {
  const label = node.firstElementChild.querySelector(".node-label")?.textContent;
  return label ? `${nameOf(node)} “${label}”` : nameOf(node);
}
