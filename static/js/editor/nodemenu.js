// The menu of one action ("…" on its card, the context-menu key, or a right click): one element for all of them.

import { closest } from "../lib/dom.js";
import { holdsChildren } from "./catalog.js";
import { openAt } from "./popover.js";
import { indexOf, typeOf } from "./page.js";
import { wouldSkip } from "./several.js";
import { wrappers } from "./wrapping.js";

const menu = document.getElementById("node-menu");

export function openNodeMenu(node, anchor) {
  menu.dataset.node = node.dataset.nodeId;
  const off = {
    add: !holdsChildren(typeOf(node)),
    wrap: !wrappers(node).length,
    lift: !node.querySelector(".node"),
    "move-up": indexOf(node) === 0,
    "move-down": !node.nextElementSibling,
  };
  for (const item of items()) item.disabled = off[item.dataset.do] ?? false;
  menu.querySelector("[data-skip]").textContent = wouldSkip(node) ? "Skip in runs" : "Take into runs again";
  openAt(menu, anchor);
  items().find((item) => !item.disabled).focus();
}

const items = () => [...menu.querySelectorAll('[role="menuitem"]')];

menu?.addEventListener("keydown", (event) => {
  const able = items().filter((item) => !item.disabled);
  const at = able.indexOf(closest(event, '[role="menuitem"]'));
  const next = { ArrowDown: able[(at + 1) % able.length], ArrowUp: able.at(at - 1), Home: able[0], End: able.at(-1) }[event.key];
  if (event.key === "Tab") menu.hidePopover();
  if (!next) return;
  event.preventDefault();
  next.focus();
});
