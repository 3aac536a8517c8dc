// Carries out the answer to an edit (templates/workflows/edit.html): operations on the outline, then what the page
// shows of history and problems. The focus is never lost: it stays, or goes to the action that took the place.

import { toast } from "../ui/toast.js";
import { allSelected, announce, cardOf, childrenOf, countHidden, emit, groupOf, isFolded, isSelected, keepTabStop, nodeOf, parentOf, select, selectAll, selected, tree, url } from "./page.js";
import { released } from "./press.js";

/** The revision that the page shows. */
export const revision = () => tree().dataset.revision;

const OPERATIONS = {
  insert: (data, part) => put(data, part.querySelector(".node")),
  move: (data) => put(data, nodeOf(data.id)),
  remove: (data) => nodeOf(data.id)?.remove(),
  card: (data, part) => replaceCard(nodeOf(data.id), part.querySelector(".node")),
};

let byHand = 0; // how often a person selected something, as opposed to an answer
let isChoosing = false;
document.addEventListener("editor:selected", () => { byHand += isChoosing ? 0 : 1; });

/** Changes with every selection that a person makes. */
export const selections = () => byHand;

/** Do what `part` says, in answer to an edit ({data, selections}: when it was asked for); null: others did it. */
export async function apply(part, edit = null) {
  const answer = part.querySelector("[data-answer]").dataset;
  if (answer.note) toast(answer.note, { kind: "info" });
  if ("reload" in answer) return reload(answer.message);
  const hadFocus = tree().contains(document.activeElement);
  const heir = heirOf(selected(), part);
  const ids = [];
  for (const template of part.querySelectorAll("template[data-op]")) {
    OPERATIONS[template.dataset.op](template.dataset, template.content);
    ids.push(template.dataset.id);
  }
  Object.assign(tree().dataset, { revision: answer.revision, undo: answer.undo, redo: answer.redo, errors: answer.errors, warnings: answer.warnings });
  showPage();
  const isLost = hadFocus && document.activeElement === document.body;
  const wanted = edit?.selections === byHand ? answer.focus : ""; // who went on to another action stays there
  if (edit || isLost || (heir.length && !selected())) choose(wanted, heir, hadFocus);
  announce([answer.message, answer.news].filter(Boolean).join(". "));
  const mine = new Set(answer.mine.split(" "));
  const theirs = answer.by ? ids.filter((id) => !mine.has(id)) : [];
  const sent = edit ? Object.keys(edit.data) : [];
  const tray = "tray" in answer;
  emit("editor:changed", { ids, sent, field: edit?.data.field, message: answer.message, theirs, by: answer.by, hue: answer.hue, tray });
}

/** Fetch the whole outline again: what the page shows is too old, or wrong. */
export async function reload(message = "Somebody else changed this workflow; here is how it stands now.") {
  const response = await fetch(`${url}/tree`, { headers: { "HX-Request": "true" } });
  if (!response.ok) return;
  const template = document.createElement("template");
  template.innerHTML = await response.text();
  await released();
  const id = selected()?.dataset.nodeId;
  tree().replaceWith(template.content.querySelector("#tree"));
  showPage();
  select(nodeOf(id));
  announce(message);
  emit("editor:changed", { ids: id ? [id] : [], message, tray: true });
}

/** Bring everything around the outline in line with it: history, counts, the empty page. */
export function showPage() {
  const { undo, redo, errors, warnings } = tree().dataset;
  const bar = document.querySelector(".editor-bar"); // not the whole page: that is long
  for (const [verb, label] of [["undo", undo], ["redo", redo]]) {
    for (const button of bar.querySelectorAll(`[data-do="${verb}"]`)) {
      button.disabled = !label;
      button.title = label ? `${verb === "undo" ? "Undo" : "Redo"}: ${label}` : `Nothing to ${verb}`;
    }
  }
  const problems = Number(errors) + Number(warnings);
  const count = document.getElementById("problem-count");
  count.textContent = problems;
  count.dataset.count = problems;
  count.className = `count ${Number(errors) ? "count--bad" : "count--warn"}`;
  const empty = !tree().firstElementChild;
  const begin = document.getElementById("editor-empty");
  if (!empty && begin.contains(document.activeElement)) document.activeElement.blur(); // else it is lost later, unseen
  begin.hidden = !empty;
  const addRoot = document.getElementById("add-root");
  if (addRoot) {
    addRoot.hidden = empty;
    addRoot.textContent = "Add another first action";
  }
  for (const node of tree().querySelectorAll('[aria-expanded="false"]')) countHidden(node);
  keepTabStop();
}

function put({ parent, after, level }, node) {
  const list = parent ? groupOf(nodeOf(parent)) : tree();
  if (after) nodeOf(after).after(node);
  else list.prepend(node);
  setLevel(node, Number(level));
}

function setLevel(node, level) {
  const by = level - Number(node.getAttribute("aria-level"));
  if (!by) return;
  for (const each of [node, ...node.querySelectorAll(".node")]) {
    each.setAttribute("aria-level", Number(each.getAttribute("aria-level")) + by);
  }
}

/** The new row's attributes and card go to the old element; its children, selection and focus stay. */
function replaceCard(node, fresh) {
  const hadFocus = cardOf(node).contains(document.activeElement);
  const folded = isFolded(node);
  node.removeAttribute("aria-expanded");
  for (const { name, value } of fresh.attributes) {
    if (name !== "tabindex" && name !== "aria-selected") node.setAttribute(name, value);
  }
  if (folded && node.hasAttribute("aria-expanded")) node.setAttribute("aria-expanded", "false");
  cardOf(node).replaceWith(cardOf(fresh));
  countHidden(node);
  if (hadFocus) node.focus({ preventScroll: true });
}

/** Who is selected if the selected node goes: the sibling below, the one above, the parent. As ids, nearest first. */
function heirOf(node, part) {
  if (!node) return [];
  const gone = new Set([...part.querySelectorAll('template[data-op="remove"]')].map((template) => template.dataset.id));
  const heirs = [];
  for (let at = node; at; at = parentOf(at)) {
    const siblings = childrenOf(parentOf(at));
    const index = siblings.indexOf(at);
    heirs.push(...[siblings[index + 1], siblings[index - 1], parentOf(at)].filter(Boolean).map((each) => each.dataset.nodeId));
  }
  return heirs.filter((id) => !gone.has(id));
}

function choose(wanted, heirs, hadFocus) {
  isChoosing = true;
  const main = document.getElementById("main"); // has the focus when nothing was left that could
  const lost = [document.body, main].includes(document.activeElement);
  const node = nodeOf(wanted) ?? selected() ?? heirs.map(nodeOf).find(Boolean) ?? null;
  const all = node && isSelected(node) ? allSelected() : [node].filter(Boolean);
  selectAll(all, node, { focus: Boolean(node) && (hadFocus || lost), scroll: Boolean(nodeOf(wanted)) });
  if (!node && (hadFocus || lost)) main.focus();
  isChoosing = false;
}
