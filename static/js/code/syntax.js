// Reading the syntax tree of a JSON text: from a JSON Pointer (RFC 6901) to its place, and from a place to the
// action that it belongs to. Works on half-written text too: the parser goes on after a mistake.

import { ensureSyntaxTree, syntaxTree } from "../../vendor/codemirror-6.43.15/codemirror.js";

const VALUES = new Set(["Object", "Array", "String", "Number", "True", "False", "Null"]);
const PATIENCE = 2000; // ms to parse to the end; 5 MB take about half of it

const isValue = (node) => VALUES.has(node.name);
const spread = function* (node) {
  for (let child = node.firstChild; child; child = child.nextSibling) yield child;
};

/** The values in an array, or the properties of an object. */
export const items = (node) => [...spread(node)].filter((child) => isValue(child) || child.name === "Property");

/** The tree of the whole text, as far as it was parsed in time. */
export const treeOf = (state) => ensureSyntaxTree(state, state.doc.length, PATIENCE) ?? syntaxTree(state);

/** The outermost value, or undefined. */
export const topValue = (state) => [...spread(treeOf(state).topNode)].find(isValue);

/** The name that a property's key spells, or a string's text; as it stands while it is not complete. */
export function textOf(state, node) {
  const source = state.sliceDoc(node.from, node.to);
  try {
    return JSON.parse(source);
  } catch {
    return source.replace(/^"|"$/g, "");
  }
}

/** The name of a property. */
export const keyOf = (state, property) => textOf(state, property.firstChild);

/** The value of a property that stands behind its colon, or undefined. */
export function valueOf(property) {
  const colon = property.getChild(":");
  return colon ? [...spread(property)].find((child) => child.from >= colon.to && isValue(child)) : undefined;
}

/** The property of an object by its name; of several the last, which is the one that counts. */
export const propertyOf = (state, object, name) => items(object).findLast((property) => keyOf(state, property) === name);

/** The text that a property of an object has as its value, or undefined. */
export function stringOf(state, object, name) {
  const property = propertyOf(state, object, name);
  const value = property && valueOf(property);
  return value?.name === "String" ? textOf(state, value) : undefined;
}

const stepsOf = (pointer) => pointer.split("/").slice(1).map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));

const escaped = (step) => String(step).replaceAll("~", "~0").replaceAll("/", "~1");

/** The JSON Pointer of a value: the reverse of `pointerRange`. */
export function pointerOf(state, node) {
  const steps = [];
  for (let at = node; at.parent; at = at.parent) {
    if (at.name === "Property") steps.push(keyOf(state, at));
    else if (at.parent.name === "Array") steps.push(items(at.parent).findIndex(({ from }) => from === at.from));
  }
  return steps.reverse().map((step) => `/${escaped(step)}`).join("");
}

/** The innermost action around a position (an Object), or null. */
export function actionAt(state, position) {
  let node = treeOf(state).resolveInner(position, 1);
  while (node && node.name !== "Object") node = node.parent;
  return (node && actionOf(state, node)?.action) ?? null;
}

/**
 * What a list of steps (names and indexes) leads to from a value: {node, found}; not found: the innermost on the way.
 * `entries` may remember what `items` gave for an array.
 */
export function walk(state, start, steps, entries = items) {
  let node = start;
  for (const step of steps) {
    const property = node.name === "Object" ? propertyOf(state, node, String(step)) : undefined;
    const next = node.name === "Array" ? entries(node)[step] : property && valueOf(property);
    if (!next) return { node, found: false };
    node = next;
  }
  return { node, found: true };
}

/** Where the value of a JSON Pointer stands: {from, to}, or null when the text has no such value. */
export function pointerRange(state, pointer) {
  const top = topValue(state);
  const { node, found } = top ? walk(state, top, stepsOf(pointer)) : {};
  return found ? { from: node.from, to: node.to } : null;
}

/**
 * The few characters to mark for each of these JSON Pointers: a short property whole, a long one by its name, an action
 * by its type. What is missing is marked at what it is missing from.
 */
export function markRanges(state, pointers) {
  const top = topValue(state);
  const known = new Map(); // a list of thousands is read once, not for each of its problems
  const entries = (array) => known.get(array.from) ?? known.set(array.from, items(array)).get(array.from);
  return pointers.map((pointer) =>
    top ? markOf(state, walk(state, top, stepsOf(pointer), entries).node) : { from: 0, to: Math.min(1, state.doc.length) },
  );
}

function markOf(state, node) {
  const type = node.name === "Object" && propertyOf(state, node, "actionType");
  if (type) return { from: type.from, to: valueOf(type)?.to ?? type.to };
  const property = node.parent?.name === "Property" ? node.parent : null;
  if (node.name === "Object" || node.name === "Array") {
    return property ? rangeOf(property.firstChild) : { from: node.from, to: node.from + 1 };
  }
  return rangeOf(property ?? node);
}

const rangeOf = ({ from, to }) => ({ from, to });

/** What an object is to its surroundings: an action, or a value inside an action's parameters. */
const holderOf = (state, node) => {
  const above = node.parent?.name === "Array" ? node.parent.parent : node.parent;
  if (above?.name === "JsonText") return { root: true };
  if (above?.name !== "Property") return null;
  return { root: false, key: keyOf(state, above), object: above.parent };
};

/**
 * The action that an object (or a list of them) belongs to: {action, parent, path}. `parent` is the action above, null
 * for a root; `path` leads from the action to the object through names of parameters. Null where there is none.
 */
export function actionOf(state, node) {
  const holder = holderOf(state, node);
  if (!holder) return null;
  if (holder.root) return { action: node, parent: null, path: [] };
  if (holder.key === "then") return { action: node, parent: holder.object, path: [] };
  const outer = actionOf(state, holder.object);
  return outer && { ...outer, path: [...outer.path, holder.key] };
}
