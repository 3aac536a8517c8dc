// Forms whose fields save themselves: the inspector's and the one of the inputs. A field is [data-field]; its values are
// its own [data-value] controls. It is saved a moment after typing stops, and at once when it is left. What is refused
// stays as it was typed, says so, and comes back whenever the field does.

import { closest } from "../lib/dom.js";
import { edit } from "./edits.js";
import { announce, emit } from "./page.js";
import { listFields } from "./listfield.js";
import { clearRefused, setRefused, startedTyping, stoppedTyping } from "./savestate.js";

const PAUSE = 600; // milliseconds without a key

/** The fields that hold no others, without those of a form that is sent as a whole. */
export const leaves = (within) =>
  [...within.querySelectorAll("[data-field]")].filter((field) => !field.querySelector("[data-field]") && !field.closest("form"));

export const firstControl = (within) =>
  within.querySelector(".list-field > input[type=text], [data-value]:not([type=hidden]):not(:disabled), [data-unhold]");

export function valuesOf(field) {
  return [...field.querySelectorAll("[data-value]")].flatMap((control) => {
    if (control.type === "checkbox" || control.type === "radio") return control.checked ? [control.value] : control.dataset.off ?? [];
    return control.value === "" ? [] : [control.value];
  });
}

/** Focus a control, behind what is written in it. */
function focusEnd(control) {
  control?.focus();
  if (control?.matches("textarea, input[type=text]")) control.setSelectionRange(control.value.length, control.value.length);
}

/** What stands of a placeholder before the cursor of a control, two braces and perhaps a name; null when nothing does. */
export const begunName = (control) => /\{\{\s*(\w*)$/.exec(control.value.slice(0, control.selectionStart ?? 0));

/** Show on a field what `from`, the same field as the server has drawn it, says is wrong. */
export function showMarks(field, from) {
  const marks = from.querySelector(":scope > [data-marks]");
  field.querySelector(":scope > [data-marks]").replaceChildren(...marks.cloneNode(true).childNodes);
  const wrong = from.classList.contains("field--invalid");
  field.classList.toggle("field--invalid", wrong);
  for (const control of field.querySelectorAll("[data-value]")) control.toggleAttribute("aria-invalid", wrong);
  for (const control of field.querySelectorAll("[aria-invalid]")) control.setAttribute("aria-invalid", "true");
}

/**
 * Let the fields inside `holder` save themselves.
 *
 * ownerOf(field): what the field belongs to ("" for nothing), as a text without spaces; nameOf(field): which of its fields
 * it is; request(field, values): [verb, fields] of the edit that saves it; lead(owner): show its fields to somebody;
 * saved(field, values, owner): told when it was.
 */
export function selfSaving(holder, { ownerOf, nameOf = (field) => field.id, request, lead, saved = () => {} }) {
  const timers = new Map(); // key of a field -> the timer that will save it
  const kept = new Map(); // key of a field -> its element, as long as its value is refused

  let isRenewing = false; // a field that is taken away under the focus says that it changed

  const keyOf = (field) => `${ownerOf(field)} ${nameOf(field)}`;

  /** Resolves to whether it is saved. */
  async function save(field, values = valuesOf(field)) {
    const key = keyOf(field);
    clearTimeout(timers.get(key));
    timers.delete(key);
    stoppedTyping(key);
    if (kept.has(key) && field.dataset.refused === JSON.stringify(values)) return false; // we know the answer
    const owner = ownerOf(field);
    const { ok, part } = await edit(...request(field, values));
    if (ok) {
      field.dataset.was = part?.querySelector("[data-answer]")?.dataset.was ?? field.dataset.was ?? "";
      saved(field, values, owner);
    }
    if (timers.has(key)) return ok; // typed on meanwhile: the next answer counts
    if (ok) release(key);
    const answer = ok ? null : part?.querySelector("[data-field], [data-conflict]");
    if (!answer) return ok;
    field.dataset.refused = JSON.stringify(values);
    kept.set(key, field);
    setRefused(key, () => lead(owner));
    if ("conflict" in answer.dataset) {
      field.querySelector(":scope > [data-marks]").replaceChildren(answer);
      answer.scrollIntoView({ block: "nearest" }); // it may stand below the fold of the panel
    } else showMarks(field, answer);
    announce(answer.querySelector(".error, [data-why]")?.textContent ?? "");
    return false;
  }

  /** Of two versions, one's own or the other: somebody chose. */
  function choose(field, version) {
    if (version === "edit") return firstControl(field).focus();
    field.dataset.was = field.querySelector("[data-conflict]").dataset.was;
    delete field.dataset.refused;
    if (version === "mine") {
      field.querySelector("[data-marks]").replaceChildren();
      firstControl(field)?.focus();
      return save(field);
    }
    release(keyOf(field));
    return emit("editor:changed", { ids: [ownerOf(field)] }); // brings the form as it is stored
  }

  function release(key) {
    kept.delete(key);
    clearRefused(key);
  }

  /** Save it after a pause; while the name of an input is being written, not before the field is left. */
  function soon(field, control) {
    const key = keyOf(field);
    clearTimeout(timers.get(key));
    timers.delete(key);
    if (!begunName(control)) timers.set(key, setTimeout(() => save(field), PAUSE));
    startedTyping(key);
  }

  /** A value that was refused earlier is shown again as it was typed. */
  function bringBack(field) {
    const old = kept.get(keyOf(field));
    if (old && old !== field) putInto(field, old);
  }

  function putInto(field, old) {
    if (old.id !== field.id) renumber(old, old.id, field.id);
    old.dataset.field = field.dataset.field;
    field.replaceWith(old);
  }

  /**
   * The same form again, after an edit: replace what differs, but not under somebody's fingers. Besides fields that is
   * what is in a [data-part], and the attributes of a [data-renew].
   */
  function renew(fresh, landing) {
    isRenewing = true;
    const at = document.activeElement;
    const wasInside = holder.contains(at);
    if (shape(holder) === shape(fresh)) {
      for (const each of fresh.querySelectorAll("[data-renew]")) {
        for (const { name, value } of each.attributes) holder.querySelector(`#${each.id}`).setAttribute(name, value);
      }
      for (const part of fresh.querySelectorAll("[data-part]")) holder.querySelector(`[data-part="${part.dataset.part}"]`).replaceWith(part);
      const now = new Map(leaves(holder).map((field) => [field.id, field]));
      for (const field of leaves(fresh)) renewField(now.get(field.id), field);
    } else replaceAll(fresh);
    if (wasInside && !holder.contains(document.activeElement)) (document.getElementById(at.id) ?? landing() ?? firstControl(holder))?.focus();
    isRenewing = false;
  }

  function renewField(old, field) {
    if (kept.has(keyOf(old)) || timers.has(keyOf(old))) return;
    const had = old.contains(document.activeElement) ? document.activeElement : null;
    const isTyping = had?.matches("input, textarea, select") && old.dataset.held === field.dataset.held;
    if (isTyping && (old.dataset.was ?? "") === (field.dataset.was ?? "")) showMarks(old, field);
    else if (!old.isEqualNode(field)) {
      old.replaceWith(field);
      if (had) focusEnd(firstControl(field));
    }
  }

  function replaceAll(fresh) {
    const places = new Map(leaves(fresh).map((field) => [keyOf(field), field]));
    for (const field of leaves(holder).filter((each) => timers.has(keyOf(each)))) {
      const place = places.get(keyOf(field));
      if (place?.dataset.kind === field.dataset.kind) putInto(place, field);
      else save(field); // its place is gone: the answer says so, and keeps what was typed
    }
    for (const details of holder.querySelectorAll("details[open]")) fresh.querySelector(`#${details.id}`)?.setAttribute("open", "");
    const staying = holder.querySelector("[data-stay]");
    if (staying) fresh.querySelector("[data-stay]")?.replaceWith(staying);
    holder.replaceChildren(fresh);
  }

  holder.addEventListener("input", (event) => {
    const field = leafOf(event);
    if (!field) return;
    if (closest(event, ".list-field")) {
      if (event.target.value) startedTyping(keyOf(field));
      else stoppedTyping(keyOf(field));
      return;
    }
    if (!closest(event, "[data-value]")) return;
    const counter = field.querySelector(".counter");
    if (counter) counter.textContent = `${event.target.value.length} of ${counter.dataset.max} characters`;
    if (event.target.matches("textarea, input[type=text]")) soon(field, event.target);
  });

  holder.addEventListener("change", (event) => {
    const field = leafOf(event);
    if (field && !isRenewing && closest(event, "[data-value]")) save(field);
  });

  holder.addEventListener("keydown", (event) => {
    const field = leafOf(event);
    if (event.key !== "Enter" || !field || !event.target.matches("input[type=text][data-value]")) return;
    event.preventDefault();
    save(field);
  });

  holder.addEventListener("click", (event) => {
    if (closest(event, "[data-unhold]")) save(leafOf(event), []);
    const version = closest(event, "[data-keep]");
    if (version) choose(leafOf(event), version.dataset.keep);
  });

  listFields(holder);
  holder.addEventListener("list:changed", (event) => save(leafOf(event)));

  return {
    save,
    /** Save everything that is still being typed, now. */
    flush() {
      for (const field of leaves(holder)) if (timers.has(keyOf(field))) save(field);
    },
    /** Show a form; `renewing`: it is the one that is there. `landing()`: where the focus goes when its place is gone. */
    show(fresh, renewing, landing = () => null) {
      if (renewing) renew(fresh, landing);
      else holder.replaceChildren(fresh);
      for (const field of leaves(holder)) bringBack(field);
    },
    /** Let go of what was refused for owners that are gone. */
    forget(isGone) {
      for (const key of [...kept.keys()]) if (isGone(key.split(" ")[0])) release(key);
    },
    /** What is being typed or was refused for one owner belongs to another from now on: it has a new name. */
    rename(owner, to) {
      for (const key of leaves(holder).filter((field) => ownerOf(field) === owner).map(keyOf)) {
        if (!stoppedTyping(key)) continue;
        const moved = key.replace(owner, to);
        startedTyping(moved);
        if (timers.has(key)) timers.set(moved, timers.get(key));
        timers.delete(key);
      }
      for (const [key, field] of [...kept]) {
        if (key.split(" ")[0] !== owner) continue;
        release(key);
        const moved = key.replace(owner, to);
        kept.set(moved, field);
        setRefused(moved, () => lead(to));
      }
    },
  };
}

/** Give an element and all in it, that refer to each other by ids beginning with `from`, other ids. */
function renumber(element, from, to) {
  for (const each of [element, ...element.querySelectorAll("*")]) {
    for (const name of ["id", "for", "name", "aria-describedby"]) {
      if (each.hasAttribute(name)) each.setAttribute(name, each.getAttribute(name).replaceAll(from, to));
    }
  }
}

const leafOf = (event) => {
  const field = closest(event, "[data-field]");
  return field && !field.closest("form") ? field : null;
};

/** Two forms of one shape have the same fields in the same places. */
const shape = (within) => [
  ...[...within.querySelectorAll("[data-shape]")].map((each) => each.dataset.shape), ...leaves(within).map((field) => field.id),
].join("|");
