// Places on the page while something is carried: which are lit, which one a point means, and the mark that shows one.
// Outline and map are the same elements, so geometry here is read off them: siblings follow each other from top to bottom,
// and what stands below an action comes under its card or beside it.

import { element } from "../lib/dom.js";
import { cardOf, childrenOf, groupOf, isFolded, parentOf, previousSeen, root, tree } from "./page.js";

const EDGE = 1 / 3; // of a card's height: there it means the gap beside the card, in between the inside
const HALF_GAP = 2; // pixels between two cards, halved
const BESIDE = 16; // pixels between a card and what will stand beside it, where empty lists are not drawn

const canvas = document.getElementById("canvas");
const words = element("span", {});
const mark = element("div", { class: "drop-mark", "aria-hidden": "true", hidden: true }, words);
canvas.append(mark);

let carried = null;
let into = null; // the node below which the marked place is

/** Light up what takes `what` (carrying.js); `how`: "drag" or "move". */
export function light(what, how) {
  carried = what;
  root.dataset.placing = how;
  for (const parent of what.legal.parents) (parent ?? tree()).dataset.drop = "legal";
  for (const node of what.nodes) node.dataset.carried = "";
}

export function unlight() {
  hideMark();
  delete root.dataset.placing;
  delete tree().dataset.drop;
  for (const node of tree().querySelectorAll("[data-drop], [data-carried]")) {
    delete node.dataset.drop;
    delete node.dataset.carried;
  }
  carried = null;
}

// --- Which place a point means ------------------------------------------------------------------------------

/**
 * {place, node, refused}: the legal place that a point of the window means, or null; the node that is pointed at; and,
 * without a legal place, the one that it would have been. null outside the canvas and on what is carried itself.
 */
export function pointedAt(x, y) {
  const hit = document.elementFromPoint(x, y);
  if (!hit || !canvas.contains(hit)) return null;
  const owner = hit.closest(".node");
  if (owner?.closest("[data-carried]")) return null;
  const end = hit.closest(".add-row");
  if (end) return choose(owner, [endOf(owner)]);
  const box = owner && cardOf(owner).getBoundingClientRect();
  if (owner && (y <= box.bottom || !visibleChildren(owner).length || isBeside(owner, x, box))) return onCard(owner, (y - box.top) / box.height);
  const nearest = nearestIn(visibleChildren(owner), y);
  if (!nearest) return choose(owner, [endOf(owner)]);
  const { top, bottom } = nearest.getBoundingClientRect();
  return choose(nearest, y < (top + bottom) / 2 ? gapAbove(nearest) : gapBelow(nearest));
}

function onCard(node, at) {
  const inside = [endOf(node)];
  const gaps = at < 0.5 ? [...gapAbove(node), ...gapBelow(node)] : [...gapBelow(node), ...gapAbove(node)];
  return choose(node, at < EDGE || at > 1 - EDGE ? [...gaps, ...inside] : [...inside, ...gaps]);
}

/** The first of the candidates that is legal; when none is, the first one says why not. A click always means a move. */
function choose(node, candidates) {
  const isClick = root.dataset.placing === "move";
  const place = candidates.find((each) => carried.legal.has(each) && !(isClick && carried.legal.isPresent(each)));
  return place ? { place, node } : { place: null, node, refused: candidates[0] };
}

const isCarried = (node) => "carried" in node.dataset;
const stay = (node) => (node && isCarried(node) ? stay(node.previousElementSibling) : node);
const visibleChildren = (node) => (node && isFolded(node) ? [] : childrenOf(node));

const afterNode = (node) => ({ parent: parentOf(node), behind: stay(node) });
const beforeNode = (node) => ({ parent: parentOf(node), behind: stay(node.previousElementSibling) });
const endOf = (node) => ({ parent: node, behind: stay((node ? groupOf(node) : tree()).lastElementChild) });

/** Whether a point below a card is still in the card's own column, with its children beside it, as on the map. */
const isBeside = (node, x, box) => x < box.right && !isUnder(childrenOf(node)[0], node);

/** Whether a card is drawn under another one, not beside it. */
const isUnder = (node, other) => cardOf(node).getBoundingClientRect().top >= cardOf(other).getBoundingClientRect().bottom - 1;

/** The places in the gap above a card, the likeliest first: in front of it, and at the ends of what comes to an end there. */
function gapAbove(node) {
  const gap = [beforeNode(node)];
  const previous = node.previousElementSibling;
  const last = previous && previousSeen(node);
  if (!last || last === previous || !isUnder(node, last)) return gap;
  const ends = [];
  for (let at = last; at !== previous; at = parentOf(at)) ends.unshift(afterNode(at));
  return [...gap, ...ends];
}

/** The places in the gap below a card: in front of its first child, or behind it and behind whatever it ends. */
function gapBelow(node) {
  const [first] = visibleChildren(node);
  if (first && isUnder(first, node)) return [beforeNode(first)];
  const gap = [afterNode(node)];
  for (let at = node; !at.nextElementSibling && parentOf(at) && isUnder(at, parentOf(at)); at = parentOf(at)) gap.push(afterNode(parentOf(at)));
  return gap;
}

/** The one of some siblings that is nearest to a height; by halves, for there may be thousands. */
function nearestIn(siblings, y) {
  let [low, high] = [0, siblings.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (siblings[middle].getBoundingClientRect().bottom < y) low = middle + 1;
    else high = middle;
  }
  return siblings[low] ?? null;
}

// --- The mark -----------------------------------------------------------------------------------------------

/** Show a place: a line where the action would come to stand, with its name. */
export function showMark(place) {
  const origin = canvas.getBoundingClientRect();
  const { x, y, width } = lineOf(place);
  words.textContent = `Drop here: ${carried.name}`;
  mark.hidden = false;
  mark.style.width = `${width}px`;
  mark.style.transform = `translate(${x - origin.left + canvas.scrollLeft}px, ${y - origin.top + canvas.scrollTop}px)`;
  pointInto(place.parent);
}

export function hideMark() {
  mark.hidden = true;
  pointInto(null);
}

/** Bring the mark into view. */
export const scrollToMark = () => mark.scrollIntoView({ block: "nearest", inline: "nearest" });

function pointInto(node) {
  if (node === into) return;
  if (into) delete into.dataset.into;
  into = node;
  if (into) into.dataset.into = "";
}

/** Where a place is in the window: between two siblings, below the last one, or where a first child would be. */
function lineOf({ parent, behind }) {
  const next = nextStaying(behind ? behind.nextElementSibling : childrenOf(parent)[0]);
  const beside = next ?? behind;
  if (parent && isFolded(parent)) return lineUnder(cardOf(parent).getBoundingClientRect());
  if (!beside) return parent ? lineInside(parent) : lineUnder(tree().getBoundingClientRect());
  const card = cardOf(beside).getBoundingClientRect();
  const { top, bottom } = beside.getBoundingClientRect();
  // To the middle of the gap, which is wider where room is open for clicks.
  const slot = parseFloat(getComputedStyle(beside).paddingTop) / 2;
  return { x: card.left, y: next ? top + (slot || -HALF_GAP) : bottom + (slot || HALF_GAP), width: card.width };
}

const nextStaying = (node) => (node && isCarried(node) ? nextStaying(node.nextElementSibling) : node);
const lineUnder = ({ left, bottom, width }) => ({ x: left, y: bottom + HALF_GAP, width });

function lineInside(parent) {
  const list = groupOf(parent);
  const card = cardOf(parent).getBoundingClientRect();
  const box = list.getBoundingClientRect();
  if (!box.width) return { x: card.right + BESIDE, y: (card.top + card.bottom) / 2, width: card.width };
  const indent = parseFloat(getComputedStyle(list).paddingInlineStart) || 0;
  const slot = parseFloat(getComputedStyle(list, "::after").height) / 2;
  return { x: box.left + indent, y: Math.max(box.top, card.bottom) + (slot || HALF_GAP), width: Math.min(card.width, 320) };
}
