// details[data-menu]: opens and closes by itself; here it also closes on Escape, on a click elsewhere, and when
// focus leaves, and arrows walk through it. [data-toggle] opens and closes what aria-controls names.

import { closest } from "../lib/dom.js";

const openMenus = () => document.querySelectorAll("details[data-menu][open]");
const items = (menu) => [...menu.querySelectorAll(".menu__item:not(:disabled)")].filter((item) => item.checkVisibility());

document.addEventListener("click", (event) => {
  for (const menu of openMenus()) {
    const chosen = closest(event, ".menu__item:not(summary)");
    if (!menu.contains(event.target) || (chosen && menu.contains(chosen))) menu.open = false;
  }
  const toggle = closest(event, "[data-toggle]");
  if (toggle) toggle.setAttribute("aria-expanded", toggle.getAttribute("aria-expanded") !== "true");
});

// A dialog that an item opens gives the focus back to where it was: that must not be the item, which is hidden by then.
document.addEventListener("click", (event) => {
  if (closest(event, ".menu__item:not(summary)")) closest(event, "details[data-menu][open]")?.querySelector("summary").focus();
}, { capture: true });

document.addEventListener("focusout", (event) => {
  const menu = closest(event, "details[data-menu][open]");
  if (menu && event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false;
});

document.addEventListener("keydown", (event) => {
  const menu = closest(event, "details[data-menu][open]");
  if (!menu) return;
  if (event.key === "Escape") {
    menu.open = false;
    menu.querySelector("summary").focus();
    event.stopPropagation();
  }
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) {
    event.preventDefault();
    const all = items(menu);
    const at = all.indexOf(document.activeElement);
    all[at < 0 ? (step > 0 ? 0 : all.length - 1) : (at + step + all.length) % all.length]?.focus();
  }
});
