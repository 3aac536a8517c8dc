// [data-run-find]: find an action in the outline of a run by its name, label, or what became of it. Enter goes to the next match,
// Shift+Enter to the one before, Escape back to the outline.

import { isTyping } from "../lib/dom.js";
import { choose } from "./results.js";
import { chosen, focus, nodes, reveal } from "./outline.js";

const MARK = "node--found";
const field = () => document.querySelector("[data-run-find]");
let at = -1;

const matches = () => [...document.querySelectorAll(`.run-tree .${MARK}`)];

function search() {
  const words = field().value.trim().toLowerCase();
  for (const node of nodes()) {
    const text = `${node.firstElementChild.querySelector(".node-main").textContent} ${node.dataset.actionType}`;
    node.classList.toggle(MARK, words !== "" && text.toLowerCase().includes(words));
  }
  at = -1;
  tell();
}

function tell() {
  const count = matches().length;
  const words = !field().value.trim() ? "" : at >= 0 ? `${at + 1} of ${count}` : count ? `${count} found` : "Nothing found";
  document.querySelector("[data-run-found]").textContent = words;
}

function go(by) {
  const found = matches();
  if (!found.length) return;
  at = at < 0 && by < 0 ? found.length - 1 : (at + by + found.length) % found.length;
  reveal(found[at]);
  found[at].scrollIntoView({ block: "center" });
  choose(found[at]);
  tell();
}

document.addEventListener("input", ({ target }) => { if (target === field()) search(); });

document.addEventListener("keydown", (event) => {
  if (!field()) return;
  if (event.target === field()) {
    if (event.key === "Enter") go(event.shiftKey ? -1 : 1);
    else if (event.key === "Escape") {
      field().value = "";
      search();
      focus(chosen() ?? nodes()[0]);
    } else return;
    event.preventDefault();
  } else if ((event.key === "f" || event.key === "/") && !isTyping(event.target) && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    field().focus();
    field().select();
  }
});

document.addEventListener("htmx:after:swap", () => { if (field()?.value) search(); });
