// A list of actions to choose from: the palette, the "+" menu and the empty page draw the same one.

import { element, icon } from "../lib/dom.js";
import { allowedUnder, grouped } from "./catalog.js";

/** Draw into `list` the actions that fit under a parent and hold every word of `search`. */
export function showChoices(list, parentId, search = "") {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = allowedUnder(parentId).filter((action) => {
    const text = `${action.name} ${action.type} ${action.summary}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  const parts = grouped(fits).flatMap(({ name, actions }) => [
    element("div", { class: "choices__group" }, name), ...actions.map(choice),
  ]);
  if (!parts.length) parts.push(element("p", { class: "choices__none" }, search ? `Nothing here is called “${search}”.` : "Nothing fits here."));
  list.replaceChildren(...parts);
  if (search) list.querySelector(".choice")?.classList.add("is-first");
}

function choice(action) {
  const tile = element("span", { class: "tile tile--small" }, icon(action.icon));
  const marks = [
    action.ns === "nv" && element("span", { class: "badge", title: "Sales Navigator" }, "nv"),
    action.disputed && element("span", { class: "badge badge--info", title: "Sources disagree whether this may stand here; the service decides" }, "disputed"),
    action.acts && element("span", { class: "badge badge--warn", title: "Other people can see what this does" }, "acts"),
  ];
  return element(
    "button", { type: "button", class: "choice", "data-choice": action.type, "data-group": action.group, title: action.summary },
    tile, element("span", { class: "choice__name" }, action.name), ...marks,
  );
}

/** Draw a few actions to begin with, one of each group, none that other people would see. */
export function showStarts(list) {
  const calm = allowedUnder("").filter((action) => !action.acts);
  list.replaceChildren(...grouped(calm).map(({ actions: [action] }) => {
    const made = choice(action);
    made.querySelector(".choice__name").append(element("span", { class: "choice__why" }, action.summary));
    return made;
  }));
}

/** Keys of a search field over such a list: down into it, Enter takes the first, typing comes back. */
export function choiceKeys(input, list) {
  const buttons = () => [...list.querySelectorAll(".choice")];
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") buttons()[0]?.focus();
    else if (event.key === "Enter") buttons()[0]?.click();
    else return;
    event.preventDefault();
  });
  list.addEventListener("keydown", (event) => {
    const all = buttons();
    const at = all.indexOf(document.activeElement);
    if (event.key === "ArrowDown") all[at + 1]?.focus();
    else if (event.key === "ArrowUp") (all[at - 1] ?? input).focus();
    else if (event.key === "Home") all[0].focus();
    else if (event.key === "End") all.at(-1).focus();
    else {
      if (event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey) input.focus();
      return;
    }
    event.preventDefault();
  });
}
