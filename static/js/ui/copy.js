// [data-copy="#selector"] copies that element's text (or value); [data-copy-text="…"] copies the text itself;
// [data-copy-from="address"] what is fetched from there.

import { closest } from "../lib/dom.js";
import { toast } from "./toast.js";

document.addEventListener("click", async (event) => {
  const button = closest(event, "[data-copy], [data-copy-text], [data-copy-from]");
  if (!button) return;
  try {
    await navigator.clipboard.writeText(await textOf(button.dataset));
    toast("Copied.");
  } catch {
    toast("The browser did not let us copy. Select the text and copy it by hand.", { kind: "error" });
  }
});

async function textOf({ copy, copyText, copyFrom }) {
  if (copyFrom) {
    const answer = await fetch(copyFrom);
    if (!answer.ok) throw new Error("There is nothing to copy.");
    return answer.text();
  }
  const source = copy ? document.querySelector(copy) : null;
  return source ? source.value ?? source.textContent : copyText;
}
