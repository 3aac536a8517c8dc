// Repairs made in the text: what editor.trees.problems.Fix says, as changes that leave the rest as it was written.

import { actionOf, items, propertyOf, topValue, treeOf, valueOf, walk } from "./syntax.js";

const REPAIRS = {
  "remove-param": (state, action, { path }) => removal(state, inside(state, action, path)),
  "set-param": (state, action, { path, value }) => replacement(inside(state, action, path), JSON.stringify(value)),
  "rename-param": (state, action, { path, value }) => replacement(inside(state, action, path)?.parent.firstChild, JSON.stringify(value)),
  "change-type": (state, action, { types }) => replacement(member(state, action, "actionType"), JSON.stringify(types[0])),
  "set-label": (state, action, { value }) => setLabel(state, action, JSON.stringify(value)),
  "remove-label": (state, action) => removal(state, member(state, action, "label")),
  wrap: (state, action, { types }) => wrap(state, action, types),
  insert: (state, action, { types }) => insert(state, action, types),
};

/** Whether there is a repair for a problem that can be made in a text. */
export const canFix = (problem) => Boolean(problem.fix && REPAIRS[problem.fix.kind]);

/** The changes that repair what is marked at a position, or null when what it is about is gone. */
export function fix(state, at, { kind, ...rest }) {
  const action = enclosingAction(state, at);
  return action && (REPAIRS[kind](state, action, rest) ?? null);
}

function enclosingAction(state, at) {
  let node = treeOf(state).resolveInner(at, 1);
  while (node && node.name !== "Object") node = node.parent;
  const action = node ? actionOf(state, node)?.action : topValue(state);
  return action?.name === "Object" ? action : null;
}

function inside(state, action, path) {
  const { node, found } = walk(state, action, path);
  return found ? node : null;
}

const member = (state, object, name) => {
  const property = propertyOf(state, object, name);
  return property && valueOf(property);
};

const replacement = (node, insert) => node && { from: node.from, to: node.to, insert };

/** Take a property or an entry away, with the comma and the space that belong to it. */
function removal(state, value) {
  if (!value) return null;
  const node = value.parent.name === "Property" ? value.parent : value;
  const all = items(node.parent);
  const index = all.findIndex(({ from }) => from === node.from);
  if (index > 0) return { from: all[index - 1].to, to: node.to };
  if (all.length > 1) return { from: node.from, to: all[1].from };
  return { from: node.from, to: node.to };
}

/** The white space at the start of the line in which a node begins, and one step of indentation. */
const indentOf = (state, node) => state.doc.lineAt(node.from).text.match(/^\s*/)[0];
const STEP = "  ";

const indented = (text, by) => text.replaceAll("\n", `\n${by}`);

function setLabel(state, action, label) {
  const value = member(state, action, "label");
  if (value) return replacement(value, label);
  const type = propertyOf(state, action, "actionType");
  return type && { from: type.to, insert: `,\n${indentOf(state, type)}"label": ${label}` };
}

/** Actions one inside the other as text, with `innermost` (text or null) below the last. */
function chain(types, innermost) {
  return types.reduceRight((inner, type) => {
    const below = inner === null ? "" : `,\n${STEP}"then": ${indented(inner, STEP)}`;
    return `{\n${STEP}"actionType": ${JSON.stringify(type)}${below}\n}`;
  }, innermost);
}

function wrap(state, action, types) {
  const indent = indentOf(state, action);
  const own = state.sliceDoc(action.from, action.to).replaceAll(`\n${indent}`, "\n");
  return { from: action.from, to: action.to, insert: indented(chain(types, own), indent) };
}

/** Put new actions below, after those that are there; a single `then` becomes a list. */
function insert(state, action, types) {
  const added = chain(types, null);
  const then = member(state, action, "then");
  if (!then) {
    const last = items(action).at(-1);
    const indent = indentOf(state, last);
    return { from: last.to, insert: `,\n${indent}"then": ${indented(added, indent)}` };
  }
  const indent = indentOf(state, then);
  if (then.name === "Object") {
    return [
      { from: then.from, insert: "[" },
      { from: then.to, insert: `, ${indented(added, indent)}]` },
    ];
  }
  if (then.name !== "Array") return null;
  const last = items(then).at(-1);
  return last ? { from: last.to, insert: `, ${indented(added, indent)}` } : { from: then.from + 1, insert: indented(added, indent) };
}
