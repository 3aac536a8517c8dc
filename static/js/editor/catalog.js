// What may stand where: the table of editor.catalog.constraints, fetched once. Nothing else in the browser
// knows a rule; the server checks every edit by the same table.

import { nodeOf, root, typeOf } from "./page.js";

let loaded = { groups: [], actions: {} };

/** Resolves when the table is here. */
export const table = fetch(root.dataset.table)
  .then((response) => response.json())
  .then((json) => { loaded = json; });

export const actionOf = (type) => loaded.actions[type] ?? { name: type, icon: "circle-help", group: "", children: [], disputed: [] };

/** Whether an action of a type may stand below one of another type (null: at the root). */
export const mayStand = (parentType, type) => (parentType === null ? loaded.actions[type]?.root > 0 : actionOf(parentType).children.includes(type));

/** The types below which an action of this type may stand. */
export const homesOf = (type) => Object.keys(loaded.actions).filter((parentType) => mayStand(parentType, type));

/** Whether anything may stand below an action of this type. */
export const holdsChildren = (type) => actionOf(type).children.length > 0;

/** The actions that may stand below a node (an id; "": as a root), in display order: [{type, disputed, …action}]. */
export function allowedUnder(parentId) {
  if (!parentId) {
    return Object.entries(loaded.actions)
      .filter(([, action]) => action.root > 0)
      .map(([type, action]) => ({ ...action, type, disputed: false }));
  }
  const parent = actionOf(typeOf(nodeOf(parentId)));
  return parent.children.map((type) => ({ ...actionOf(type), type, disputed: parent.disputed.includes(type) }));
}

/** Every action there is, in display order. */
export const everyAction = () => Object.entries(loaded.actions).map(([type, action]) => ({ ...action, type, disputed: false }));

/** [{name, actions}] of a list of actions, in the catalogue's order of groups. */
export function grouped(actions) {
  return loaded.groups
    .map((group) => ({ name: group.name, actions: actions.filter((action) => action.group === group.id) }))
    .filter((group) => group.actions.length);
}
