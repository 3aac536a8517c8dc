// The first mistake against JSON in a text, in words for people who do not write JSON every day.

import { treeOf } from "./syntax.js";

const AROUND = 2000; // characters looked at on either side

/** {from, to, severity, message} of the first mistake, or null. An empty text is none: the server says what it wants. */
export function mistakeIn(state) {
  if (!state.sliceDoc(0, AROUND).trim()) return null;
  const error = firstError(treeOf(state));
  if (!error) return null;
  const before = state.sliceDoc(Math.max(0, error.from - AROUND), error.from).trimEnd();
  const rest = state.sliceDoc(error.from, error.from + AROUND);
  const here = rest.trimStart();
  const gap = { before, here, at: error.from + rest.length - here.length, end: error.from - (state.sliceDoc(Math.max(0, error.from - AROUND), error.from).length - before.length) };
  const [, message, onBefore] = MISTAKES.find(([applies]) => applies(gap, error));
  const from = onBefore ? Math.max(0, gap.end - 1) : Math.min(gap.at, state.doc.length);
  return { from, to: Math.min(Math.max(from + 1, onBefore ? 0 : error.to), state.doc.lineAt(from).to), severity: "error", message: message(gap) };
}

function firstError(tree) {
  let found = null;
  tree.iterate({
    enter(node) {
      if (!found && node.type.isError) found = { from: node.from, to: node.to, parent: node.node.parent };
      return !found;
    },
  });
  return found;
}

const word = (text) => text.match(/^[^\s,:{}[\]"]+/)?.[0] ?? "";
const endsValue = (text) => /["}\]\w]$/.test(text);

/* [does it apply, the message, is the mark on what stands before]; the first that applies is said. */
const MISTAKES = [
  [({ here }) => /^(\/\/|\/\*|#)/.test(here), () => "JSON knows no comments. Remove this."],
  [({ here }) => /^['‘’“”„]/.test(here), () => 'Texts and names stand in straight double quotes: "…".'],
  [({ before, here }) => before.endsWith(",") && /^[}\]]/.test(here), () => "Remove this comma: nothing follows it.", true],
  [({ before, here }) => before.endsWith(",") && !here, () => "The text ends here, but more was announced by this comma.", true],
  [({ before }, { parent }) => before.endsWith(":") || (before.endsWith('"') && parent?.name === "Property" && parent.getChild(":")?.to <= 0), () => "A value is missing after this colon.", true],
];
