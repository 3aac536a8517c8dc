// What is done to one action or, when it is one of several that are selected, to all of them as one edit.

import { confirm } from "../ui/confirm.js";
import { edit, offerUndo } from "./edits.js";
import { announce, childrenOf, isSelected, nameOf, parentOf } from "./page.js";
import { chosenWith } from "./selection.js";

const MANY = 5; // deleting more actions than this is asked about first, though undo brings them back

export const idsOf = (nodes) => nodes.map((node) => node.dataset.nodeId);

/** "Open person page", or "3 actions". */
export const namesOf = (nodes) => (nodes.length === 1 ? nameOf(nodes[0]) : `${nodes.length} actions`);

/** Whether runs leave it out by its own mark, not by that of an action above it. */
const isSkipped = (node) => node.classList.contains("node--off");

export const duplicate = (node) => edit("duplicate", { node: idsOf(chosenWith(node)) });

/** What `skip` would do: true when there is one among them that is not skipped. */
export const wouldSkip = (node) => !chosenWith(node).every(isSkipped);

/** Leave them out of runs; take them in again when all are left out. */
export const skip = (node) => edit("disabled", { node: idsOf(chosenWith(node)), on: wouldSkip(node) ? 1 : 0 });

/** Keep them in the tray, out of the workflow. */
export async function layAside(node) {
  const nodes = chosenWith(node);
  const names = namesOf(nodes);
  const { ok } = await edit("park", { node: idsOf(nodes) });
  if (ok) offerUndo(`${names} ${nodes.length === 1 ? "is" : "are"} in the tray.`);
}

export async function remove(node) {
  const nodes = chosenWith(node);
  const below = nodes.flatMap((each) => [...each.querySelectorAll(".node")]);
  const unselected = below.filter((each) => !isSelected(each)).length;
  const all = `${below.length + nodes.length} actions`;
  const what = nodes.length === 1 ? nameOf(nodes[0]) : all;
  const text = `${unselected ? `${unselected} actions below ${nodes.length === 1 ? "it" : "what is selected"} go too. ` : ""}Undo brings everything back.`;
  if (below.length > MANY && !(await confirm({ title: `Delete ${what}?`, text, button: `Delete ${all}` }))) return;
  const { ok } = await edit("remove", { node: idsOf(nodes) });
  if (ok) offerUndo(`Deleted ${what}.`);
}

/** Delete one action; what stands below it takes its place. */
export async function lift(node) {
  const name = nameOf(node);
  const { ok } = await edit("lift", { node: node.dataset.nodeId });
  if (ok) offerUndo(`Deleted ${name}, and nothing below it.`);
}

/** Move up (-1) or down (1) among the siblings. The index counts them without the moved ones. */
export function shift(node, by) {
  const nodes = chosenWith(node);
  const parent = parentOf(node);
  if (nodes.some((each) => parentOf(each) !== parent)) return announce("They do not stand beside each other.");
  const place = () => {
    const siblings = childrenOf(parent);
    const from = by < 0 ? siblings.indexOf(nodes[0]) : siblings.indexOf(nodes.at(-1));
    return siblings.slice(0, from).filter((each) => !nodes.includes(each)).length + by;
  };
  const most = childrenOf(parent).length - nodes.length;
  if (place() < 0 || place() > most) return announce(by < 0 ? "It is the first already." : "It is the last already.");
  edit("move", () => (nodes.every((each) => each.isConnected) ? { node: idsOf(nodes), parent: parent?.dataset.nodeId ?? "", index: place() } : null));
}
