// The first mistake against JSON in a text, in words for people who do not write JSON every day.

import { treeOf } from "./syntax.js";

const AROUND = 2000; // characters looked at on either side

/** {from, to, severity, message} of the first mistake, or null. An empty text is none: the server says what it wants. */
export function mistakeIn(state) {
  if (!state.sliceDoc(0, AROUND).trim()) return null;
  const error = firstError(treeOf(state));
  if (!error) return null;
  const behind = state.sliceDoc(Math.max(0, error.from - AROUND), error.from);
  const ahead = state.sliceDoc(error.from, error.from + AROUND);
  const here = ahead.trimStart();
  const place = {
    before: behind.trimEnd(),
    here,
    string: here.startsWith('"') && error.to > error.from ? tokenOf(here) : "",
    inside: error.parent.name,
    named: error.parent.name !== "Property" || Boolean(error.parent.getChild(":")),
  };
  const { say, last } = MISTAKES.find(({ when }) => when(place));
  const from = last ? error.from - (behind.length - place.before.length) - 1 : error.from + (ahead.length - here.length);
  return { from, to: from + (last ? 1 : tokenOf(here).length), severity: "error", message: say(place) };
}

function firstError(tree) {
  let found = null;
  tree.iterate({
    enter({ type, from, to, node }) {
      if (!found && type.isError) found = { from, to, parent: node.parent };
      return !found;
    },
  });
  return found;
}

const tokenOf = (text) => text.match(/^("(?:[^"\\\n]|\\.)*"?|[^\s,:{}[\]"]+|.)/)?.[0] ?? "";
const closerOf = { Object: "}", Array: "]", Property: "}" };
const endsValue = ({ before }) => /["}\]\w]$/.test(before);

/* The first that applies is said; `last`: the mark is on the character before the gap. */
const MISTAKES = [
  { when: ({ here }) => /^(\/\/|\/\*|#)/.test(here), say: () => "JSON has no comments. Remove this." },
  { when: ({ here }) => /^['‘’“”„]/.test(here), say: () => 'Texts and names stand in straight double quotes: "…".' },
  { when: ({ string }) => string && !/^"[^]+"$/.test(string), say: () => "This text has no closing quote on its line." },
  { when: ({ string }) => /\\(?!["\\/bfnrt]|u[\da-f]{4})/i.test(string.replaceAll("\\\\", "")), say: () => "JSON does not know this \\ sequence. Write \\\\ for a backslash." },
  { when: ({ string }) => /[\0-\x1f]/.test(string), say: () => "A tab inside a text is written \\t." },
  { when: ({ before, here }) => before.endsWith('"') && /^[^\s"{}[\],:\d-]/.test(here), say: () => 'The text ends at this quote. A quote inside a text is written \\".', last: true },
  { when: ({ named }) => !named, say: () => "A colon and a value are missing after this name.", last: true },
  { when: ({ before, here }) => before.endsWith(":") && !unknownValue(here), say: () => "A value is missing after this colon.", last: true },
  { when: ({ before, here }) => before.endsWith(",") && /^[}\]]/.test(here), say: () => "Remove this comma: nothing follows it.", last: true },
  { when: ({ here }) => !here, say: ({ inside }) => `The text ends too early: ${closerOf[inside] ?? "something"} is missing.`, last: true },
  { when: ({ inside, here }) => inside === "JsonText" && /^[}\]]/.test(here), say: ({ here }) => `Remove this ${here[0]}: nothing is open any more.` },
  { when: (place) => place.inside === "JsonText" && endsValue(place), say: () => "There can be only one value. Put several actions into one list: [ …, … ]." },
  { when: ({ here }) => /^[}\]]/.test(here), say: ({ inside, here }) => `${closerOf[inside]} is missing before this ${here[0]}.` },
  { when: (place) => endsValue(place) && /^["{[\d-]/.test(place.here), say: () => "A comma is missing before this." },
  { when: ({ inside }) => inside === "Object", say: () => 'A name in double quotes is expected here: "name": value.' },
  { when: () => true, say: ({ here }) => unknownValue(here) ?? "This does not belong here." },
];

const unknownValue = (here) =>
  /^[^\s,:{}[\]"]/.test(here)
    ? `“${tokenOf(here)}” is no value in JSON. Use a text in double quotes, a number, true, false or null.`
    : null;
