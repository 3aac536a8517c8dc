// textarea[data-code="json"] becomes a code editor when it is first seen; until then, and without scripts, it is what
// it is. The editor (static/vendor/codemirror-…) is loaded only then. The textarea stays the truth for forms and scripts.
//
//   data-table, data-hints   addresses of constraints.table and hints.parameter_table: with them, completions
//   data-inputs              JSON list of the names that {{ }} in a text may have, for completions; may change
//   data-problems            id of a <script type="application/json"> with the problems; looked at again when swapped
//   data-code-size="fill"    as high as the box that it stands in; else it grows with its text, up to a limit
//   readonly, disabled       as on any textarea, and followed when they change
//
// Events on the textarea, both ways, also before the editor is loaded:
//   code:problems {problems}   → shows these: [{path, severity, message, fix?}] (editor.trees.problems.Problem.as_json)
//   code:goto {path, focus}    → goes to the place of a JSON Pointer; `focus` false: without taking the focus
//   code:text {text}           → shows another text, keeping cursor, folds and scroll position; no code:change follows
//   code:ready                 ← the editor stands there
//   code:change {text}         ← somebody typed (an `input` event too; `change` when the editor is left)
//   code:at {path}             ← the cursor was put into this action (JSON Pointer)
//   code:fix {problem}         ← somebody chose a repair; preventDefault() if the page makes it, else it is made in the text

const known = new Map(); // textarea -> {editor, problems, source, goal}
let makeEditor; // of code/editor.js, once it is loaded

const seen = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) if (isIntersecting) upgrade(target);
});

const locks = new MutationObserver((records) => {
  for (const { target } of records) known.get(target)?.editor?.refresh();
});

/** Take in what came into the page, let go what left it. */
function look() {
  for (const textarea of document.getElementsByTagName("textarea")) {
    if (textarea.dataset.code === "json") recognise(textarea);
  }
  for (const [textarea, record] of known) {
    if (textarea.isConnected && record.editor?.host.isConnected !== false) continue;
    record.editor?.destroy();
    known.delete(textarea);
    if (textarea.isConnected) recognise(textarea);
  }
}

function recognise(textarea) {
  if (!known.has(textarea)) {
    known.set(textarea, { editor: null, problems: [], source: null, goal: null });
    locks.observe(textarea, { attributeFilter: ["readonly", "disabled"] });
    // At once, if that can be: the browser never lays the text out as a textarea, and nothing flickers.
    if (makeEditor && textarea.checkVisibility()) install(textarea);
    else seen.observe(textarea);
  }
  const record = known.get(textarea);
  const source = document.getElementById(textarea.dataset.problems);
  if (source && source !== record.source) {
    record.source = source;
    setProblems(record, JSON.parse(source.textContent));
  }
}

async function upgrade(textarea) {
  seen.unobserve(textarea);
  try {
    ({ makeEditor } = await import("../code/editor.js"));
  } catch (error) {
    console.error("The code editor could not be loaded; the plain field works.", error);
    window.addEventListener("online", () => seen.observe(textarea), { once: true });
    return;
  }
  install(textarea);
}

function install(textarea) {
  const record = known.get(textarea);
  if (!record || record.editor) return;
  record.editor = makeEditor(textarea);
  if (record.problems.length) record.editor.setProblems(record.problems);
  if (record.goal !== null) record.editor.goTo(...record.goal);
  textarea.dispatchEvent(new CustomEvent("code:ready", { bubbles: true }));
}

function setProblems(record, problems) {
  record.problems = problems;
  record.editor?.setProblems(problems);
}

function goTo(record, ...goal) {
  if (record.editor) record.editor.goTo(...goal);
  else record.goal = goal;
}

/** Listen for an event on a code textarea; `act` gets its record, the event's detail and the textarea. */
const on = (type, act) =>
  document.addEventListener(type, (event) => {
    const record = known.get(event.target);
    if (record) act(record, event.detail, event.target);
  });

on("code:problems", (record, { problems }) => setProblems(record, problems));
on("code:goto", (record, { path, ...how }) => goTo(record, path, how));
on("code:text", (record, { text }, textarea) => {
  if (record.editor) record.editor.setText(text);
  else textarea.value = text;
});

new MutationObserver(look).observe(document, { childList: true, subtree: true });
look();
