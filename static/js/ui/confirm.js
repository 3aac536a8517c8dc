// <form data-confirm="What will happen." data-confirm-title="Remove Bob?" data-confirm-button="Remove">: asks before
// it is sent. Also for scripts: if (await confirm({title, text, button})) …

import { closest } from "../lib/dom.js";

/** Ask in the page's own dialog; true when the person goes on. */
export function confirm({ title, text, button }) {
  const dialog = document.getElementById("confirm");
  dialog.querySelector("#confirm-title").textContent = title || "Are you sure?";
  dialog.querySelector("#confirm-text").textContent = text || "";
  dialog.querySelector("#confirm-yes").textContent = button || "Go on";
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}

document.addEventListener("submit", async (event) => {
  const form = closest(event, "form[data-confirm]");
  if (!form || form.dataset.confirmed) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const { confirm: text, confirmTitle: title, confirmButton: button } = form.dataset;
  if (!(await confirm({ title, text, button }))) return;
  form.dataset.confirmed = "yes";
  form.requestSubmit(event.submitter);
  delete form.dataset.confirmed;
}, { capture: true });
