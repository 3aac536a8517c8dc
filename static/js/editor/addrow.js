// "+ Add under …" at the end of the selected action's children. One element for the whole page, carried along.

import { element } from "../lib/dom.js";
import { holdsChildren } from "./catalog.js";
import { mayEdit, nameOf, selected, typeOf } from "./page.js";

const row = element("button", { class: "add-row", type: "button", "data-do": "add" });

function carry() {
  const node = selected();
  row.remove();
  if (!node || !holdsChildren(typeOf(node))) return;
  row.textContent = `Add under ${nameOf(node)}`;
  node.append(row);
}

if (mayEdit) {
  document.addEventListener("editor:selected", carry);
  document.addEventListener("editor:changed", carry);
}
