// A list of actions to choose from: the palette, the "+" menu and the empty page draw the same one.

import { closest, element } from "../lib/dom.js";
import { allowedUnder, everyAction, grouped } from "./catalog.js";
import { homesInWords } from "./legal.js";

/**
 * What a place below a node (an id; "": as a root) has to offer: {fits, others, why}. Those of `others` do not fit, which
 * why(type) explains; they are shown when a person asks for all.
 */
export const offerUnder = (parentId) => {
  const fits = allowedUnder(parentId);
  const types = new Set(fits.map((action) => action.type));
  return { fits, others: everyAction().filter((action) => !types.has(action.type)), why: (type) => homesInWords(type) };
};

/** Draw into `list` what is offered and holds every word of `search`. */
export function showChoices(list, { fits, others, why }, search = "") {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const isMeant = ({ name, type, summary }) => words.every((word) => `${name} ${type} ${summary}`.toLowerCase().includes(word));
  const parts = groups(fits.filter(isMeant), choice);
  if (!parts.length) parts.push(element("p", { class: "choices__none" }, search ? `Nothing that fits here is called “${search}”.` : "Nothing fits here."));
  parts.push(...rest(others.filter(isMeant), why, "all" in list.dataset));
  list.replaceChildren(...parts);
  if (search) list.querySelector(".choice")?.classList.add("is-first");
}

const groups = (actions, draw) => grouped(actions).flatMap(({ name, actions: some }) => [
  element("div", { class: "choices__group" }, name), ...some.map(draw),
]);

/** What does not fit: how many there are and a switch to see them. */
function rest(others, why, isOpen) {
  if (!others.length) return [];
  const count = others.length === 1 ? "1 more action does" : `${others.length} more actions do`;
  const words = isOpen ? "Show only what fits here." : `${count} not fit here. Show all and let Trellis build the way.`;
  const button = element("button", { type: "button", class: "choice choices__more", "data-show-all": isOpen ? "0" : "1", "aria-expanded": String(isOpen) }, words);
  return isOpen ? [button, ...groups(others, (action) => misfit(action, why(action.type)))] : [button];
}

function misfit(action, why) {
  const made = choice(action);
  made.classList.add("choice--misfit");
  made.dataset.misfit = "";
  made.querySelector(".choice__name").append(element("span", { class: "choice__why" }, why || "Does not fit here."));
  return made;
}

function choice(action) {
  const tile = element("span", { class: "tile tile--small", "data-icon": action.icon });
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
  list.addEventListener("click", (event) => {
    const more = closest(event, "[data-show-all]");
    if (!more) return;
    if (more.dataset.showAll === "1") list.dataset.all = "";
    else delete list.dataset.all;
    input.dispatchEvent(new Event("input", { bubbles: true }));
    list.querySelector("[data-show-all]")?.focus();
  });
}
