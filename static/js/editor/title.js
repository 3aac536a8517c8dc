// Renaming in place: the name becomes a field; Enter or leaving it saves, Escape does not.

import { closest, element } from "../lib/dom.js";
import { csrfHeaders } from "../lib/csrf.js";
import { toast } from "../ui/toast.js";
import { startedTyping, stoppedTyping } from "./savestate.js";
import { url } from "./page.js";

const title = () => document.querySelector(".workflow-name > button");

function rename() {
  const button = title();
  const input = element("input", { value: button.textContent, "aria-label": "Name of the workflow", maxlength: 120, autocomplete: "off" });
  button.hidden = true;
  button.after(input);
  input.select();
  input.focus();
  let finished = false;
  const finish = async (keep) => {
    if (finished) return;
    finished = true;
    const name = input.value.trim();
    if (keep && name && name !== button.textContent && !(await save(name))) {
      finished = false;
      return;
    }
    if (keep && name) showName(name);
    input.remove();
    button.hidden = false;
    button.focus();
  };
  input.addEventListener("blur", () => finish(true));
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") finish(true);
    else if (event.key === "Escape") finish(false);
    event.stopPropagation();
  });
}

function showName(name) {
  title().textContent = name;
  document.title = `${name} · Trellis`;
}

async function save(name) {
  startedTyping("name");
  try {
    const response = await fetch(`${url}/rename`, { method: "POST", body: new URLSearchParams({ name }), headers: csrfHeaders() });
    if (!response.ok) throw new Error(response.status);
    return true;
  } catch {
    toast("The new name is not saved. Try again.", { kind: "error" });
    return false;
  } finally {
    stoppedTyping("name");
  }
}

document.addEventListener("click", (event) => { if (closest(event, "[data-rename]")) rename(); });
