// [data-theme-choice]: like the device, light or dark. Kept in this browser and, for somebody signed in,
// in their account (the form around it, or data-theme-url).

import { closest } from "../lib/dom.js";
import { csrfHeaders } from "../lib/csrf.js";

const root = document.documentElement;

function show() {
  for (const button of document.querySelectorAll("[data-theme-value]")) {
    const chosen = button.dataset.themeValue === root.dataset.theme;
    button.setAttribute("aria-checked", chosen);
    button.tabIndex = chosen ? 0 : -1;
  }
}

function choose(button) {
  const theme = button.dataset.themeValue;
  root.dataset.theme = theme;
  localStorage.setItem("theme", theme);
  show();
  button.focus();
  const url = button.closest("[data-theme-choice]").dataset.themeUrl;
  if (url) fetch(url, { method: "POST", headers: csrfHeaders(), body: new URLSearchParams({ theme }) });
}

document.addEventListener("click", (event) => {
  const button = closest(event, "[data-theme-value]");
  if (button) choose(button);
});

document.addEventListener("keydown", (event) => {
  const button = closest(event, "[data-theme-value]");
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  if (!button || !step) return;
  event.preventDefault();
  const all = [...button.parentElement.children];
  choose(all[(all.indexOf(button) + step + all.length) % all.length]);
});

show();
