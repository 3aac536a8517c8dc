// [data-copy="#selector"] copies that element's text (or value); [data-copy-text="…"] copies the text itself.

import { closest } from "../lib/dom.js";
import { toast } from "./toast.js";

document.addEventListener("click", async (event) => {
  const button = closest(event, "[data-copy], [data-copy-text]");
  if (!button) return;
  const source = button.dataset.copy ? document.querySelector(button.dataset.copy) : null;
  try {
    await navigator.clipboard.writeText(source ? source.value ?? source.textContent : button.dataset.copyText);
    toast("Copied.");
  } catch {
    toast("The browser did not let us copy. Select the text and copy it by hand.", { kind: "error" });
  }
});
