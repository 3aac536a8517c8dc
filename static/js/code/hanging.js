// A line that is too long goes on below its own indentation, not at the margin.

import { Decoration, EditorView, ViewPlugin } from "../../vendor/codemirror-6.43.15/codemirror.js";

const decorations = new Map(); // by depth; the rule that uses --code-indent is in code.css

function decorationOf(depth) {
  if (!decorations.has(depth)) decorations.set(depth, Decoration.line({ attributes: { style: `--code-indent: ${depth}` } }));
  return decorations.get(depth);
}

function inView({ state, visibleRanges }) {
  const marks = [];
  for (const { from, to } of visibleRanges) {
    for (let at = from; at <= to; ) {
      const line = state.doc.lineAt(at);
      const depth = line.text.search(/[^ ]/);
      if (depth > 0) marks.push(decorationOf(depth).range(line.from));
      at = line.to + 1;
    }
  }
  return Decoration.set(marks);
}

export const hangingIndent = [
  EditorView.lineWrapping,
  ViewPlugin.define(
    (view) => ({
      decorations: inView(view),
      update(change) {
        if (change.docChanged || change.viewportChanged) this.decorations = inView(change.view);
      },
    }),
    { decorations: (plugin) => plugin.decorations },
  ),
];
