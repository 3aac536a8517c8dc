// [data-dialog-open="id"] opens the <dialog> with that id; [data-dialog-close] and a click on the backdrop close it.
// A dialog with data-open (the server found a fault in its form) is open from the start.

import { closest } from "../lib/dom.js";

document.addEventListener("click", (event) => {
  const opener = closest(event, "[data-dialog-open]");
  if (opener) open(document.getElementById(opener.dataset.dialogOpen));
  if (closest(event, "[data-dialog-close]")) closest(event, "dialog").close();
  if (event.target instanceof HTMLDialogElement && outside(event)) event.target.close();
});

/** A form begins at its first field, not at the button that closes it. */
function open(dialog) {
  dialog.showModal();
  dialog.querySelector("form :is(input:not([type=hidden]), select, textarea)")?.focus();
}

/** A click on the backdrop is a click on the dialog itself, beyond its box. */
function outside({ target, clientX, clientY }) {
  const box = target.getBoundingClientRect();
  return clientX < box.left || clientX > box.right || clientY < box.top || clientY > box.bottom;
}

for (const dialog of document.querySelectorAll("dialog[data-open]")) open(dialog);
