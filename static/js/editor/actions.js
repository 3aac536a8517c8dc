// What can be done to an action or the whole workflow: one table of verbs, whether a button, a menu or a key asks.
// A button says [data-do="verb"]; its action is the card that it stands in, else the selected one. What nobody does in the
// first moment is imported where it is asked for; a moment after the start it is there anyway (later.js). What takes the
// next keys (search, moving, a list to choose from) is here from the start: those would do something else.

import { closest } from "../lib/dom.js";
import { toast } from "../ui/toast.js";
import { holdsChildren, table } from "./catalog.js";
import { openChoices } from "./choicemenu.js";
import { copy, cut, paste } from "./clipboard.js";
import { edit, line } from "./edits.js";
import { openFind } from "./find.js";
import { closeInspector } from "./inspector.js";
import { startMoving } from "./moving.js";
import { startPicking, stopPicking, usePicked } from "./picking.js";
import { behind, rootPlace, under } from "./places.js";
import { announce, cardOf, emit, isFolded, isSelected, mayEdit, nameOf, nodeOf, select, selected, tree, typeOf } from "./page.js";
import { selectEverything } from "./selection.js";
import { duplicate, layAside, lift, remove, shift, skip } from "./several.js";
import { parents, setFolded } from "./tree.js";
import { openWrappers } from "./wrapping.js";
import { showView } from "./views.js";

const LOOKING = new Set(["select-all", "copy", "collapse-all", "expand-all", "help", "close-inspector", "view-outline", "view-map", "view-json", "zoom-in", "zoom-out", "zoom-reset", "zoom-fit", "find", "next-problem", "previous-problem", "fold", "fold-level", "unfold-level"]);

const DO = {
  undo: () => back("undo"),
  redo: () => back("redo"),
  "add-root": (_node, anchor) => openChoices(rootPlace, anchor),
  "paste-json": async () => (await import("./dialogs.js")).openPaste(selected()),
  "select-all": () => selectEverything(),
  "collapse-all": () => setFolded(parents(), true),
  "expand-all": () => setFolded(parents(), false),
  fold: (node) => setFolded([node], !isFolded(node)),
  "fold-level": (node) => setFolded(levelOf(node), true),
  "unfold-level": (node) => setFolded(levelOf(node), false),
  find: () => openFind(),
  "next-problem": async () => (await import("./nextproblem.js")).goToProblem(1),
  "previous-problem": async () => (await import("./nextproblem.js")).goToProblem(-1),
  help: async () => (await import("./dialogs.js")).showHelp(),
  "close-inspector": () => closeInspector(),
  "view-outline": (_node, anchor) => showView("outline", { focus: !anchor }),
  "view-map": (_node, anchor) => showView("map", { focus: !anchor }),
  "view-json": (_node, anchor) => showView("json", { focus: !anchor }),
  "zoom-in": () => zoom("in"),
  "zoom-out": () => zoom("out"),
  "zoom-reset": () => zoom("reset"),
  "zoom-fit": () => zoom("fit"),

  add(node, anchor) {
    if (holdsChildren(typeOf(node))) openChoices(under(node), anchor ?? cardOf(node));
    else announce(`${nameOf(node)} holds no other actions.`);
  },
  "add-after": (node, anchor) => openChoices(behind(node), anchor ?? cardOf(node)),
  menu: async (node, anchor) => (await import("./nodemenu.js")).openNodeMenu(node, anchor ?? cardOf(node)),
  pick: (node) => startPicking(node),
  "use-picked": () => usePicked(),
  "stop-picking": () => stopPicking(),
  duplicate,
  skip,
  park: layAside,
  remove,
  move: (node) => startMoving(node),
  "move-up": (node) => shift(node, -1),
  "move-down": (node) => shift(node, 1),
  copy,
  cut,
  wrap: (node, anchor) => openWrappers(node, anchor ?? cardOf(node)),
  lift,
  paste,
};

let closeNothing = () => {};

/** Undo or redo; what is on its way may be what it is about. */
function back(verb) {
  if (tree().dataset[verb] || line.edits.length) return edit(verb);
  closeNothing();
  closeNothing = toast(`There is nothing of yours to ${verb}.`, { kind: "info" });
}

async function zoom(to) {
  await import("./map.js"); // which listens
  emit("map:zoom", { to });
}

/** All actions that stand as deep as this one; without one, the first of all. */
const levelOf = (node) => [...tree().querySelectorAll(`.node[aria-level="${node?.getAttribute("aria-level") ?? 1}"]`)];

/** Do `verb` for a node (null where it needs none); `anchor`: the element that a menu opens at. */
export async function act(verb, node = null, anchor = null) {
  if (!mayEdit && !LOOKING.has(verb)) return;
  await table; // of what fits where; there already, but for the first moment
  DO[verb](node, anchor);
}

document.addEventListener("click", (event) => {
  const repair = closest(event, "[data-fix]");
  if (repair) edit("fix", { node: repair.dataset.node ?? repair.closest("[data-inspected]").dataset.inspected, code: repair.dataset.fix, title: repair.dataset.fixTitle });
  const button = closest(event, "[data-do]");
  if (!button || button.dataset.do === "toggle") return;
  const menu = button.closest("#node-menu");
  menu?.hidePopover();
  const inCard = button.closest(".node");
  if (inCard && !isSelected(inCard)) select(inCard, { scroll: false });
  const node = menu ? nodeOf(menu.dataset.node) : inCard ?? selected();
  act(button.dataset.do, node, menu ? null : button);
});
