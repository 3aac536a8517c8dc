// What is wrong, at its lines: mistakes against JSON, found here while somebody types, and the problems that the page
// was told of (editor.trees.problems.Problem.as_json), which keep their places until the page is told anew.

import { StateEffect, StateField, forceLinting, linter } from "../../vendor/codemirror-6.43.15/codemirror.js";
import { canFix, fix } from "./fixes.js";
import { mistakeIn } from "./mistakes.js";
import { markRanges } from "./syntax.js";

const told = StateEffect.define();
const repaired = StateEffect.define();

/** [{from, to, problem}], moving with the text. */
const marks = StateField.define({
  create: () => [],
  update(before, transaction) {
    let now = transaction.docChanged ? moved(before, transaction.changes) : before;
    for (const effect of transaction.effects) {
      if (effect.is(told)) now = effect.value;
      if (effect.is(repaired)) now = now.filter(({ problem }) => problem !== effect.value);
    }
    return now;
  },
});

/** What the server could not read (it names a line) is checked here again as soon as the text changes. */
const moved = (before, changes) =>
  before
    .filter(({ problem }) => !problem.line)
    .map((mark) => ({ ...mark, from: changes.mapPos(mark.from, 1), to: Math.max(changes.mapPos(mark.from, 1), changes.mapPos(mark.to, -1)) }));

/** The places of problems that say them by line and column, or as from and to; null for those with a path. */
function ownPlace({ doc }, problem) {
  if (problem.from !== undefined) return { from: problem.from, to: problem.to ?? problem.from };
  if (!problem.line) return null;
  const line = doc.line(Math.min(problem.line, doc.lines));
  const from = Math.min(line.from + problem.column - 1, line.to);
  return { from, to: Math.min(from + 1, line.to) };
}

/** Show these problems, instead of the ones before: [{path | from, to | line, column, severity, message, fix?}]. */
export function showProblems(view, problems) {
  const ranges = markRanges(view.state, problems.map(({ path }) => path ?? ""));
  const placed = problems.map((problem, index) => ({ ...(ownPlace(view.state, problem) ?? ranges[index]), problem }));
  view.dispatch({ effects: told.of(placed) });
  forceLinting(view);
}

function diagnostics(state, request) {
  const known = state.field(marks).map(({ from, to, problem }) => ({
    from,
    to,
    severity: problem.severity,
    message: problem.message,
    actions: !state.readOnly && canFix(problem) ? [{ name: problem.fix.title, apply: (view, at) => repair(view, at, problem, request) }] : [],
  }));
  const unread = state.field(marks).some(({ problem }) => problem.line);
  const mistake = unread ? null : mistakeIn(state);
  return mistake ? [mistake, ...known] : known;
}

/** Does a repair here in the text, unless somebody else takes it on: `request(problem)` false. */
function repair(view, at, problem, request) {
  if (!request(problem)) return;
  const changes = fix(view.state, at, problem.fix);
  if (changes) view.dispatch({ changes, effects: repaired.of(problem), userEvent: "input.fix", scrollIntoView: true });
}

/** The extension. `request(problem)` is asked before a repair is made in the text. */
export const problemMarks = (request) => [
  marks,
  linter((view) => diagnostics(view.state, request), {
    delay: 400,
    needsRefresh: (update) => update.transactions.some(({ effects }) => effects.some((effect) => effect.is(told) || effect.is(repaired))),
  }),
];
