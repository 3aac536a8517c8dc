// <form data-confirm="What will happen." data-confirm-title="Remove Bob?" data-confirm-button="Remove">: asks before
// it is sent; data-confirm-back="Keep Bob": what the other button says instead of "Cancel". Also for scripts:
// if (await confirm({title, text, button, back})) …

import { closest } from "../lib/dom.js";
import { toast } from "./toast.js";

/** Ask in the page's own dialog; true when the person goes on. */
export function confirm({ title, text, button, back }) {
  const dialog = document.getElementById("confirm");
  dialog.querySelector("#confirm-title").textContent = title || "Are you sure?";
  dialog.querySelector("#confirm-text").textContent = text || "";
  dialog.querySelector("#confirm-yes").textContent = button || "Go on";
  dialog.querySelector("#confirm-no").textContent = back || "Cancel";
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
  const { confirm: text, confirmTitle: title, confirmButton: button, confirmBack: back } = form.dataset;
  if (!(await confirm({ title, text, button, back }))) return;
  const now = form.isConnected ? form : again(form);
  if (!now) {
    toast("Nothing was done: the page has changed meanwhile.", { kind: "warning" });
    return;
  }
  now.dataset.confirmed = "yes";
  now.requestSubmit(now === form ? event.submitter : null);
  delete now.dataset.confirmed;
}, { capture: true });

/** The same form, when a live page was drawn anew while the question stood there. */
const again = (form) =>
  [...document.querySelectorAll("form[data-confirm]")].find((other) => other.action === form.action);
