// A short word at the bottom of the page. From scripts: toast("Saved.", {kind: "error", action: "Undo", onAction}).
// From the server: Django's messages (templates/base_root.html), or the header HX-Trigger: {"toast": {"text": …}}.

import { element, icon } from "../lib/dom.js";

const SECONDS = 6;
const ICONS = { success: "circle-check", info: "info", warning: "circle-alert", error: "circle-alert" };
const region = document.getElementById("toasts");

/** Show `text`; kind: "success", "info", "warning" or "error" (errors stay until closed). Returns how to close it. */
export function toast(text, { kind = "success", action, onAction } = {}) {
  const made = element("div", { class: "toast", "data-kind": kind }, icon(ICONS[kind]), element("span", {}, text));
  if (action) {
    const button = element("button", { type: "button" }, action);
    button.addEventListener("click", () => { leave(made); onAction(); });
    made.append(button);
  }
  region.append(made);
  watch(made);
  return () => leave(made);
}

function watch(made) {
  const close = element("button", { type: "button", "aria-label": "Close" }, icon("x"));
  close.addEventListener("click", () => leave(made));
  made.append(close);
  // In the top layer, above an open dialog.
  region.hidePopover();
  region.showPopover();
  if (made.dataset.kind !== "error") soon(made);
}

/** Leave after a while, but not from under a pointer or a focus. */
function soon(made) {
  setTimeout(() => (made.matches(":hover, :focus-within") ? soon(made) : leave(made)), SECONDS * 1000);
}

function leave(made) {
  made.remove();
  if (!region.querySelector(".toast")) region.hidePopover();
}

document.addEventListener("toast", ({ detail }) => toast(detail.text ?? detail.value, detail));
for (const made of region.querySelectorAll(".toast")) watch(made);
