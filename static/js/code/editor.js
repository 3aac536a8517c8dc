// A textarea as a code editor: CodeMirror beside the textarea, whose value is kept in step with every change, so that
// forms, htmx and other scripts know only the textarea.

import {
  Annotation,
  Compartment,
  EditorState,
  EditorView,
  Transaction,
  acceptCompletion,
  autocompletion,
  bracketMatching,
  classHighlighter,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
  defaultKeymap,
  drawSelection,
  dropCursor,
  foldGutter,
  foldKeymap,
  forEachDiagnostic,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSelectionMatches,
  highlightSpecialChars,
  history,
  historyKeymap,
  indentOnInput,
  indentUnit,
  indentWithTab,
  json,
  keymap,
  lineNumbers,
  lintGutter,
  nextDiagnostic,
  previousDiagnostic,
  search,
  searchKeymap,
  setDiagnosticsEffect,
  syntaxHighlighting,
} from "../../vendor/codemirror-6.43.15/codemirror.js";
import { element } from "../lib/dom.js";
import { completions, placeholders } from "./complete.js";
import { hangingIndent } from "./hanging.js";
import { problemMarks, showProblems } from "./problems.js";
import { actionAt, markRanges, pointerOf } from "./syntax.js";

const fromPage = Annotation.define();
const COMMAND_KEY = /Mac|iPhone|iPad/.test(navigator.platform) ? "⌃" : "Ctrl";
const AN_HOUR = 3_600_000;
let made = 0;

const send = (textarea, type, detail, cancelable = false) =>
  textarea.dispatchEvent(new CustomEvent(type, { bubbles: true, cancelable, detail }));

/**
 * Put an editor in the place of a textarea. Gives {host, setProblems(list), goTo(pointer, {focus}), setText(text), refresh(),
 * destroy()}; `refresh` reads the textarea's readonly and disabled again. The events are told in ui/code.js.
 */
export function makeEditor(textarea) {
  const hint = element("p", { class: "code-editor__hint", id: `code-hint-${++made}` });
  const count = element("button", { class: "code-editor__count link", type: "button", hidden: true, title: "Go to the next problem (F8)" });
  const error = element("p", { class: "code-editor__error", role: "alert" });
  const here = element("div", { class: "code-editor__here", role: "status" });
  const foot = element("div", { class: "code-editor__foot" }, error, count, here, hint);
  const host = element("div", { class: "code-editor", "data-size": textarea.dataset.codeSize }, foot);
  const access = new Compartment();
  const view = new EditorView({
    state: EditorState.create({
      doc: textarea.value,
      extensions: [access.of(accessOf(textarea, hint)), ...abilities(textarea), EditorView.updateListener.of((update) => follow(update, textarea, { count, error, here }))],
    }),
  });
  host.prepend(view.dom);
  for (const type of ["input", "change"]) host.addEventListener(type, (event) => event.stopPropagation()); // the textarea says it
  host.addEventListener("keydown", (event) => ownKeys(view, event));
  count.addEventListener("click", () => nextDiagnostic(view));
  const release = takePlace(textarea, host, view, error);
  return {
    host,
    setProblems: (list) => showProblems(view, list),
    goTo: (pointer, options) => goTo(view, pointer, options),
    setText: (text) => setText(view, text),
    refresh: () => view.dispatch({ effects: access.reconfigure(accessOf(textarea, hint)) }),
    destroy() {
      release();
      view.destroy();
      host.remove();
    },
  };
}

/** Stand where the textarea stood: its label, focus and form now mean the editor. Gives a function that undoes it. */
function takePlace(textarea, host, view, error) {
  const hadFocus = textarea === document.activeElement;
  const selection = { anchor: textarea.selectionStart, head: textarea.selectionEnd };
  const ends = new AbortController();
  const focus = () => view.focus();
  textarea.after(host);
  textarea.classList.add("code-source");
  textarea.focus = focus;
  for (const label of textarea.labels) label.addEventListener("click", focus, ends);
  textarea.addEventListener("invalid", (event) => {
    event.preventDefault(); // the browser cannot show its own word on what is not to be seen
    error.textContent = textarea.validationMessage;
    focus();
  }, ends);
  // The form puts the textarea back after this event.
  textarea.form?.addEventListener("reset", () => setTimeout(() => setText(view, textarea.value)), ends);
  if (hadFocus) {
    view.dispatch({ selection, scrollIntoView: true });
    focus();
  }
  return () => {
    ends.abort();
    textarea.classList.remove("code-source");
    delete textarea.focus;
  };
}

/** Who may write, and what a screen reader hears. */
function accessOf(textarea, hint) {
  const disabled = textarea.matches(":disabled");
  const locked = disabled || textarea.readOnly;
  hint.textContent = locked ? "" : `Esc, then Tab leaves the editor. ${COMMAND_KEY} Space shows what fits here.`;
  const name = textarea.getAttribute("aria-label") ?? textarea.labels?.[0]?.textContent.trim() ?? "JSON";
  const described = [textarea.getAttribute("aria-describedby"), locked ? null : hint.id].filter(Boolean).join(" ");
  return [
    EditorState.readOnly.of(locked),
    EditorView.editable.of(!locked),
    EditorView.contentAttributes.of({
      "aria-label": name,
      ...(described && { "aria-describedby": described }),
      ...(locked && { "aria-readonly": "true" }),
      ...(disabled && { "aria-disabled": "true" }),
      ...(!disabled && { tabindex: "0" }),
    }),
    locked ? [] : keymap.of([{ key: "Tab", run: acceptCompletion }, indentWithTab]),
  ];
}

/** Everything that does not depend on who may write. */
function abilities(textarea) {
  const { table, hints } = textarea.dataset;
  const request = (problem) => send(textarea, "code:fix", { problem }, true);
  return [
    lineNumbers(),
    foldGutter({ openText: "▾", closedText: "▸" }),
    lintGutter(),
    highlightSpecialChars(),
    history(),
    drawSelection(),
    dropCursor(),
    indentOnInput(),
    bracketMatching(),
    closeBrackets(),
    highlightActiveLine(),
    highlightActiveLineGutter(),
    highlightSelectionMatches(),
    search({ top: true }),
    json(),
    syntaxHighlighting(classHighlighter),
    indentUnit.of("  "),
    hangingIndent,
    autocompletion({
      override: table && hints ? [placeholders(() => JSON.parse(textarea.dataset.inputs ?? "[]")), completions(table, hints)] : [],
      icons: false,
      activateOnCompletion: () => true,
      interactionDelay: 0, // Enter inside a JSON text can only mean the option on show
    }),
    problemMarks(request),
    keymap.of([
      { key: "Mod-Enter", run: () => submit(textarea) },
      { key: "F8", run: nextDiagnostic },
      { key: "Shift-F8", run: previousDiagnostic },
      ...closeBracketsKeymap,
      ...completionKeymap,
      ...searchKeymap,
      ...historyKeymap,
      ...foldKeymap,
      ...defaultKeymap,
    ]),
  ];
}

/** Keep the textarea, whoever listens to it, and the line below the text in step. */
function follow(update, textarea, { count, error, here }) {
  if (update.docChanged) {
    error.textContent = "";
    textarea.value = update.state.doc.toString();
    if (!update.transactions.every((transaction) => transaction.annotation(fromPage))) {
      textarea.dispatchEvent(new Event("input", { bubbles: true }));
      send(textarea, "code:change", { text: textarea.value });
    }
  }
  if (update.transactions.some((transaction) => transaction.selection && transaction.isUserEvent("select"))) {
    const action = actionAt(update.state, update.state.selection.main.head);
    if (action) send(textarea, "code:at", { path: pointerOf(update.state, action) });
  }
  if (update.focusChanged && !update.view.hasFocus) textarea.dispatchEvent(new Event("change", { bubbles: true }));
  const isNew = update.transactions.some(({ effects }) => effects.some((effect) => effect.is(setDiagnosticsEffect)));
  if (isNew) showCount(update.state, count);
  if (isNew || update.selectionSet) showHere(update.view, here);
}

function showCount(state, count) {
  const found = { error: 0, warning: 0 };
  forEachDiagnostic(state, ({ severity }) => { found[severity] += 1; });
  const words = Object.entries(found).filter(([, n]) => n).map(([kind, n]) => `${n} ${kind}${n > 1 ? "s" : ""}`);
  count.textContent = words.join(", ");
  count.hidden = !words.length;
  count.dataset.worst = found.error ? "error" : "warning";
}

/** The problem under the cursor, for those who do not hover over its mark: by keyboard, touch or screen reader. */
function showHere(view, here) {
  const { head } = view.state.selection.main;
  let found = null;
  forEachDiagnostic(view.state, (diagnostic, from, to) => { if (from <= head && head <= to) found ??= { diagnostic, from, to }; });
  const words = found?.diagnostic.message ?? "";
  if (here.dataset.words === words) return;
  here.dataset.words = words;
  const repairs = (found?.diagnostic.actions ?? []).map(({ name, apply }) => {
    const button = element("button", { class: "button button--small", type: "button" }, name);
    button.addEventListener("click", () => {
      apply(view, found.from, found.to);
      view.focus();
    });
    return button;
  });
  here.replaceChildren(words, ...repairs);
}

/** Keys typed here are no shortcuts of the page. After Esc, Tab leaves until something else is typed. */
function ownKeys(view, event) {
  if (event.key === "Escape") view.setTabFocusMode(AN_HOUR);
  if (event.key !== "Escape" || event.defaultPrevented) event.stopPropagation();
}

function submit({ form, readOnly }) {
  if (!form || readOnly) return false;
  form.requestSubmit(form.querySelector("button:not([type='button'], [type='reset'], :disabled)"));
  return true;
}

function goTo(view, pointer, { focus = true } = {}) {
  const [{ from, to }] = markRanges(view.state, [pointer]);
  view.dispatch({
    selection: { anchor: from, head: to },
    effects: EditorView.scrollIntoView(from, { y: "center" }),
    annotations: fromPage.of(true),
  });
  if (focus) view.focus();
}

/** Show another text: only what differs is replaced, so the cursor, the folds and the scroll position stay. */
function setText(view, given) {
  const text = given.replace(/\r\n?/g, "\n");
  const old = view.state.doc.toString();
  if (text === old) return;
  const most = Math.min(text.length, old.length);
  let start = 0;
  while (start < most && text[start] === old[start]) start += 1;
  let end = 0;
  while (end < most - start && text.at(-1 - end) === old.at(-1 - end)) end += 1;
  view.dispatch({
    changes: { from: start, to: old.length - end, insert: text.slice(start, text.length - end) },
    annotations: [fromPage.of(true), Transaction.addToHistory.of(false)],
  });
}
