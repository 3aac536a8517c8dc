// Where an action may go, worked out here in one pass over the tree, from the table of catalog.js. It means the same as
// editor/trees/places.py; the server checks each edit again.
//
// A place is {parent, behind}, elements: below `parent` (null: a root), right behind its child `behind` (null: first).

import { actionOf, homesOf, holdsChildren, mayStand } from "./catalog.js";
import { childrenOf, nodeOf, parentOf, tree, typeOf } from "./page.js";

const DEEPEST = 200; // levels; MAX_DEPTH of editor/trees/nodes.py
const MOST_NAMED = 3; // parents in a reason

const levelOf = (node) => (node ? Number(node.getAttribute("aria-level")) : 0);

/** Where a new action of a type may stand. */
export const legalPlaces = (type) =>
  legal([], (parent, level) => level < DEEPEST && mayStand(parent && typeOf(parent), type));

/** Where nodes may stand together, with all below them. Among its own siblings each may always move. */
export function legalMoves(nodes) {
  const moved = nodes.map((node) => ({ parent: parentOf(node), type: typeOf(node), levels: levelsOf(node) }));
  return legal(nodes, (parent, level) => moved.every((one) =>
    one.parent === parent || (level + one.levels <= DEEPEST && mayStand(parent && typeOf(parent), one.type))));
}

/** How many levels a subtree has. */
function levelsOf(node) {
  let deepest = levelOf(node);
  for (const below of node.querySelectorAll(".node")) deepest = Math.max(deepest, levelOf(below));
  return deepest - levelOf(node) + 1;
}

/**
 * {parents, has(place), isPresent(place), places()}: `parents` is the Set of those that take the action; places() is every
 * place where it would not stand already, from top to bottom, and how many of them are above where it stands now.
 */
function legal(moved, admits) {
  const gone = new Set(moved);
  const parents = new Set(admits(null, 0) ? [null] : []);
  let skipped = Infinity; // the level of the moved node whose subtree we are in
  for (const node of tree().querySelectorAll(".node")) {
    const level = levelOf(node);
    if (level > skipped) continue;
    skipped = gone.has(node) ? level : Infinity;
    if (skipped === Infinity && admits(node, level)) parents.add(node);
  }
  const present = placeOf(moved);
  const isPresent = (place) => present !== null && place.parent === present.parent && place.behind === present.behind;
  return { parents, has: (place) => parents.has(place.parent), isPresent, places: () => listOf(parents, gone, isPresent) };
}

/** The place where nodes stand now; null when they do not stand beside each other. */
function placeOf(nodes) {
  if (!nodes.length || nodes.some((node, at) => at && node.previousElementSibling !== nodes[at - 1])) return null;
  return { parent: parentOf(nodes[0]), behind: nodes[0].previousElementSibling };
}

function listOf(parents, gone, isPresent) {
  const places = [];
  let above = null;
  const add = (place) => { if (!isPresent(place)) places.push(place); };
  const walk = (parent) => {
    const admits = parents.has(parent);
    let behind = null;
    for (const child of childrenOf(parent)) {
      if (gone.has(child)) {
        above ??= places.length;
        continue;
      }
      if (admits) add({ parent, behind });
      walk(child);
      behind = child;
    }
    if (admits) add({ parent, behind });
  };
  walk(null);
  return { places, above: above ?? 0 };
}

// --- In words ---------------------------------------------------------------------------------------------------

/** Why an action of a type may not stand below a node (its id; "" : as a first action), and where it may. */
export function whyNot(type, parentId) {
  const { name } = actionOf(type);
  const parent = parentId ? actionOf(typeOf(nodeOf(parentId))) : null;
  return `${refusal(name, parent, parentId)} ${homesInWords(type)}`.trim();
}

function refusal(name, parent, parentId) {
  if (!parent) return `${name} cannot start a workflow.`;
  return holdsChildren(typeOf(nodeOf(parentId))) ? `${name} does not fit under ${parent.name}.` : `${parent.name} holds no other actions.`;
}

/** Where an action of a type may stand: "It fits under Open post or For each post." */
export function homesInWords(type) {
  const names = [...new Set(homesOf(type).map((home) => actionOf(home).name))];
  const some = names.slice(0, MOST_NAMED);
  if (names.length > some.length) some.push(`${names.length - some.length} others`);
  if (mayStand(null, type)) return some.length ? `It starts a workflow or fits under ${either(some)}.` : "It can only start a workflow.";
  return some.length ? `It fits under ${either(some)}.` : "";
}

const either = (names) => (names.length > 1 ? `${names.slice(0, -1).join(", ")} or ${names.at(-1)}` : names[0]);
