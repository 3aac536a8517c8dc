// form[data-switches]: each button[role="switch"] in it is saved as it is pressed, without a new page. Its value ends
// in what a press asks for, ".on" or ".off". [data-switches-say] says how it went. Without scripts the form is sent.

import { csrfHeaders } from "./lib/csrf.js";
import { toast } from "./ui/toast.js";

/** Whether it was stored. A redirect is the way to sign in again: then it was not. */
async function save(form, value) {
  const body = new URLSearchParams({ set: value, quiet: "1" });
  try {
    return (await fetch(form.action, { method: "POST", headers: csrfHeaders(), body, redirect: "manual" })).ok;
  } catch {
    return false;
  }
}

function show(button, on) {
  button.setAttribute("aria-checked", on);
  button.value = button.value.replace(/\.(on|off)$/, on ? ".off" : ".on");
}

document.addEventListener("submit", async (event) => {
  const button = event.submitter;
  if (!event.target.matches("[data-switches]") || !button) return;
  event.preventDefault();
  if (button.ariaBusy === "true") return;
  const value = button.value;
  const on = value.endsWith(".on");
  show(button, on);
  button.ariaBusy = "true";
  const saved = await save(event.target, value);
  button.ariaBusy = null;
  if (!saved) {
    show(button, !on);
    toast("Not saved. Check the connection, or load the page again.", { kind: "error" });
  }
  const words = saved ? "Saved" : "Not saved";
  event.target.querySelector("[data-switches-say]").textContent = `${words}: ${button.ariaLabel} ${on ? "on" : "off"}.`;
});
