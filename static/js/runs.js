// The run page: choose an action in the outline to see its results; the clock of a run that is under way.

import { closest } from "./lib/dom.js";

const pane = () => document.getElementById("pane");
const nodes = () => [...document.querySelectorAll(".run-tree .node")];

/** Show the results of a node, or another page or tab of them, without leaving the page. */
function load(url, address) {
  pane().setAttribute("aria-busy", "true");
  history.replaceState(null, "", address);
  return htmx.ajax("GET", url, { target: "#pane", swap: "innerHTML" }).finally(() => pane().removeAttribute("aria-busy"));
}

function choose(node, { focus = false } = {}) {
  for (const other of nodes()) {
    other.setAttribute("aria-selected", other === node);
    other.tabIndex = other === node ? 0 : -1;
  }
  if (focus) node.focus();
  return load(node.closest("[data-panes]").dataset.panes + node.dataset.nodeId, `?node=${node.dataset.nodeId}`);
}

const isNarrow = matchMedia("(max-width: 60rem)");

document.addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  const link = closest(event, "[data-pane-link]");
  if (link) {
    event.preventDefault();
    load(link.dataset.paneLink, link.getAttribute("href"));
    return;
  }
  const card = closest(event, ".run-tree .node-card");
  if (!card) return;
  event.preventDefault();
  choose(card.parentElement).then(() => {
    if (isNarrow.matches) pane().scrollIntoView({ block: "start" });
  });
});

// The ARIA tree pattern: arrows move through the rows, Enter shows the results.
document.addEventListener("keydown", (event) => {
  const node = event.target instanceof Element && event.target.matches(".run-tree .node") ? event.target : null;
  if (!node || event.ctrlKey || event.metaKey || event.altKey) return;
  const all = nodes();
  const at = all.indexOf(node);
  const to = {
    ArrowDown: all[at + 1],
    ArrowUp: all[at - 1],
    ArrowLeft: node.parentElement.closest(".node"),
    ArrowRight: node.querySelector(".node"),
    Home: all[0],
    End: all.at(-1),
  };
  if (event.key in to) {
    event.preventDefault();
    if (!to[event.key]) return;
    node.tabIndex = -1;
    to[event.key].tabIndex = 0;
    to[event.key].focus();
  } else if (event.key === "Enter" || event.key === " ") {
    event.preventDefault();
    choose(node);
  }
});

// The part that was swapped in has the choice of the server; the person's own choice stays theirs.
document.addEventListener("htmx:after:swap", (event) => {
  if (event.target?.id === "run-outline") document.querySelector(".run-tree .node[aria-selected='true']")?.scrollIntoView({ block: "nearest" });
});

function tick() {
  for (const clock of document.querySelectorAll("[data-elapsed]")) {
    const seconds = Math.max(0, Math.round((Date.now() - Date.parse(clock.dataset.elapsed)) / 1000));
    clock.textContent = `for ${inWords(seconds)}`;
  }
}

function inWords(seconds) {
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}

tick();
setInterval(tick, 1000);
