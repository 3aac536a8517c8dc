// A list of texts as chips with an input behind them. What stands in the input becomes a chip by Enter, by leaving it,
// or by pasting lines; Backspace in the empty input takes the last chip away. Each change is told by "list:changed".

import { closest, element, icon } from "../lib/dom.js";

const inputOf = (field) => field.querySelector(".list-field > input[type=text]");
const changed = (field) => field.dispatchEvent(new CustomEvent("list:changed", { bubbles: true }));

/** Put entries behind those of a list field. */
export function addChips(field, texts) {
  const input = inputOf(field);
  const fresh = texts.map((text) => text.trim()).filter(Boolean);
  input.before(...fresh.map(chip));
  input.value = "";
  input.placeholder = "Add another";
  if (fresh.length) changed(field);
}

const chip = (text) => element(
  "span", { class: text.includes("{{") ? "chip chip--input chip--var" : "chip chip--input" },
  element("input", { type: "hidden", "data-value": true, value: text }),
  element("span", { class: "truncate" }, text),
  element("button", { type: "button", "data-unchip": true, "aria-label": `Remove ${text}` }, icon("x")),
);

/** The list field that an event came from, or null. */
const fieldOf = (event) => (closest(event, ".list-field > input[type=text]") ? closest(event, "[data-field]") : null);

/** Listen inside `holder`. */
export function listFields(holder) {
  holder.addEventListener("keydown", (event) => {
    const field = fieldOf(event);
    if (!field) return;
    if (event.key === "Enter") {
      event.preventDefault();
      addChips(field, [event.target.value]);
    } else if (event.key === "Backspace" && !event.target.value && event.target.previousElementSibling) {
      event.target.previousElementSibling.remove();
      changed(field);
    }
  });
  holder.addEventListener("change", (event) => {
    const field = fieldOf(event);
    if (field) addChips(field, [event.target.value]);
  });
  holder.addEventListener("paste", (event) => {
    const field = fieldOf(event);
    const lines = event.clipboardData?.getData("text").split(/\r?\n/) ?? [];
    if (!field || lines.length < 2) return;
    event.preventDefault();
    addChips(field, lines);
  });
  holder.addEventListener("click", (event) => {
    const button = closest(event, "[data-unchip]");
    if (!button) return;
    const field = closest(event, "[data-field]");
    button.parentElement.remove();
    inputOf(field).focus();
    changed(field);
  });
}
