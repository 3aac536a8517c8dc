// "Move to…": the legal places of an action, from the server, in a dialog.

import { closest } from "../lib/dom.js";
import { edit, fragment } from "./edits.js";
import { nameOf, nodeOf, url } from "./page.js";
import { filter } from "../ui/filter.js";

const dialog = document.getElementById("moves");
const list = dialog?.querySelector("#moves-list");

export async function openMoves(node) {
  const id = node.dataset.nodeId;
  dialog.dataset.node = id;
  dialog.querySelector("h2").textContent = `Move ${nameOf(node)}`;
  const response = await fetch(`${url}/moves/${id}`, { headers: { "HX-Request": "true" } });
  if (!response.ok) return;
  list.replaceChildren(fragment(await response.text()));
  const search = dialog.querySelector("input[type=search]");
  search.value = "";
  filter(search);
  dialog.showModal();
  (list.querySelector("button:not(:disabled)") ?? search).focus();
}

dialog?.addEventListener("click", async (event) => {
  const place = closest(event, "[data-place-parent]");
  if (!place) return;
  const { placeParent: parent, placeIndex: index } = place.dataset;
  dialog.close();
  const { ok } = await edit("move", { node: dialog.dataset.node, parent, index });
  if (ok) nodeOf(dialog.dataset.node)?.focus({ preventScroll: true });
});
