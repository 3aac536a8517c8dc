// The run page: walk the outline with the keyboard, keep one's place while it is live, and the clock of a run under way.

import "./runs/failures.js";
import "./runs/finding.js";
import { fold, focus, isFolded, nodes, step, tree } from "./runs/outline.js";
import { choose, openSheet } from "./runs/results.js";

// The ARIA tree pattern: arrows move through the rows, Enter shows the results.
document.addEventListener("keydown", (event) => {
  const node = event.target instanceof Element && event.target.matches(".run-tree .node") ? event.target : null;
  if (!node || event.ctrlKey || event.metaKey || event.altKey) return;
  const to = step(node, event.key);
  if (to) focus(to);
  else if (event.key === "Enter" || event.key === " ") choose(node).then(openSheet);
  else if (to === undefined) return;
  event.preventDefault();
});

// What the server sends of the outline is morphed into it: elements, their focus and the scroll stay. What was folded is
// folded again.
let folded = [];
document.addEventListener("htmx:before:swap", () => { if (tree()) folded = nodes().filter(isFolded).map((node) => node.id); });
document.addEventListener("htmx:after:swap", () => { for (const id of folded) if (document.getElementById(id)) fold(document.getElementById(id), true); });

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
