// What others do, and who is here. The page asks every moment while somebody looks at it, seldom when nobody does, and at
// once when they come back. What is new waits while an edit is on its way (its answer brings it too) or something is dragged.

import { element } from "../lib/dom.js";
import { apply } from "./apply.js";
import { fragment, onItsWay } from "./edits.js";
import { announce, cardOf, nodeOf, root, selectedId, tree, url } from "./page.js";
import { released } from "./press.js";

const EVERY = 1500; // milliseconds, while somebody is at work here
const SELDOM = 15_000; // while the page is hidden, or nobody touched it for a while
const IDLE = 5 * 60_000;
const FLASH = 2500;

const tab = [...crypto.getRandomValues(new Uint8Array(6))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
let timer;
let asking = null; // what stops the question that is out
let touched = Date.now();

const people = () => document.getElementById("people");
const isBusy = () => onItsWay() || "placing" in root.dataset;

// --- Asking -------------------------------------------------------------------------------------------------

async function ask() {
  clearTimeout(timer);
  asking?.abort();
  asking = new AbortController();
  const { signal } = asking;
  const base = tree().dataset.revision;
  const query = new URLSearchParams({ base, tab, node: selectedId(), people: people().dataset.shown });
  try {
    const response = await fetch(`${url}/changes?${query}`, { headers: { "HX-Request": "true" }, signal });
    if ([403, 404].includes(response.status)) return sayGone(response.status);
    if (response.status === 200) await take(fragment(await response.text()), base);
  } catch (error) {
    if (error.name === "AbortError") return;
    if (!(error instanceof TypeError)) throw error; // no connection; the next one may come through
  }
  again();
}

function again(after = document.hidden || Date.now() - touched > IDLE ? SELDOM : EVERY) {
  clearTimeout(timer);
  timer = setTimeout(ask, after);
}

async function take(part, base) {
  const fresh = part.querySelector("#people");
  if (fresh) showPeople(fresh);
  await released();
  if (!part.querySelector("[data-answer]") || isBusy() || tree().dataset.revision !== base) return; // an edit of ours brought it, or the next question will
  await apply(part);
}

// --- Showing ------------------------------------------------------------------------------------------------

/** Let the cards that somebody changed show for a moment by whom. */
function flash({ theirs: ids, by, hue }) {
  const nodes = [...new Set(ids)].map(nodeOf).filter(Boolean);
  for (const node of nodes) Object.assign(cardOf(node).dataset, { by, hue });
  setTimeout(() => {
    for (const node of nodes) for (const name of ["by", "hue"]) delete cardOf(node).dataset[name];
  }, FLASH);
}

function showPeople(fresh) {
  const had = new Set([...people().children].map((person) => person.dataset.person));
  const came = [...fresh.children].filter((person) => !had.has(person.dataset.person));
  const left = [...people().children].filter((person) => !fresh.querySelector(`[data-person="${person.dataset.person}"]`));
  people().replaceWith(fresh);
  const told = [...came.map((person) => `${nameIn(person)} is here.`), ...left.map((person) => `${nameIn(person)} left.`)];
  if (told.length) announce(told.join(" "));
  placeMarks();
}

const nameIn = (person) => person.querySelector(".person__name").textContent;

/** Where the others are: one mark for each of them, on the card that they selected. */
function placeMarks() {
  for (const mark of document.querySelectorAll(".person-mark")) mark.remove();
  for (const person of people().children) {
    const node = nodeOf(person.dataset.at);
    if (!node) continue;
    const avatar = person.querySelector(".avatar").cloneNode(true);
    const words = element("span", { class: "visually-hidden" }, `${nameIn(person)} is here`);
    cardOf(node).querySelector(".node-end").prepend(element("span", { class: "person-mark", title: `${nameIn(person)} is here` }, avatar, words));
  }
}

/** The workflow is no longer there for this person; what was typed stays where it is. */
function sayGone(status) {
  const words = status === 404
    ? "This workflow was deleted, or you are no longer in its team. Nothing can be saved here any more; what you typed is still on this page."
    : "You may not see this workflow any more. What you typed is still on this page.";
  document.querySelector(".editor-bar").after(element("div", { class: "notice notice--bad editor-gone", role: "alert" }, element("p", {}, words)));
}

// --- When ---------------------------------------------------------------------------------------------------

const back = () => {
  touched = Date.now();
  if (!document.hidden) ask();
};
document.addEventListener("visibilitychange", back);
window.addEventListener("online", back);
window.addEventListener("focus", back);
for (const name of ["pointerdown", "keydown"]) {
  document.addEventListener(name, () => {
    const wasIdle = Date.now() - touched > IDLE;
    touched = Date.now();
    if (wasIdle) ask();
  }, { capture: true, passive: true });
}
document.addEventListener("editor:selected", () => again(EVERY / 5)); // the others see soon where we are
document.addEventListener("editor:changed", ({ detail }) => {
  if (detail.theirs?.length) flash(detail);
  placeMarks();
});
again(0);
