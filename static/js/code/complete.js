// What may be written here: action types that are legal in the place, the parameters that they take there, the values
// that those have, and the inputs of the workflow. The rules are the server's own tables, fetched when the first completion is asked for:
// data-table (editor.catalog.constraints.table) and data-hints (editor.catalog.hints.parameter_table).

import { ensureSyntaxTree, snippet, syntaxTree } from "../../vendor/codemirror-6.43.15/codemirror.js";
import { actionOf, items, keyOf, stringOf, textOf } from "./syntax.js";

const fetched = new Map();

/** The JSON of an address, kept for the life of the page; asked for again when it could not be had. */
function json(url) {
  if (!fetched.has(url)) {
    const asked = fetch(url).then((response) => (response.ok ? response.json() : Promise.reject(new Error(`${url}: ${response.status}`))));
    asked.catch(() => fetched.delete(url));
    fetched.set(url, asked);
  }
  return fetched.get(url);
}

/** A completion source of CodeMirror for the tables at these addresses. */
export const completions = (tableUrl, hintsUrl) => async (context) => {
  const slot = slotAt(context.state, context.pos);
  if (!slot || !(slot.token || context.explicit)) return null;
  const [table, hints] = await Promise.all([json(tableUrl), json(hintsUrl)]).catch(() => []);
  if (!table || context.aborted) return null;
  const { from, to } = slot.token ?? { from: context.pos, to: context.pos };
  const options = matching(optionsAt(context.state, slot, table.actions, hints.actions, table.groups), queryOf(context, slot));
  return options.length ? { from, to, options, filter: false } : null;
};

/** A completion source for {{ name }} inside texts; `names()` gives those that there are. */
export const placeholders = (names) => ({ state, pos }) => {
  const node = treeAt(state, pos).resolveInner(pos, -1);
  if (node.name !== "String" && !node.type.isError) return null;
  const [typed, query] = state.sliceDoc(Math.max(node.from, pos - AROUND), pos).match(/(?<!\{)\{\{\s*([^{}"]*)$/) ?? [];
  if (typed === undefined) return null;
  const closed = state.sliceDoc(pos, pos + AROUND).match(/^[^{}"\n]*\}{1,2}/)?.[0].length ?? 0;
  const options = names()
    .filter((name) => name.toLowerCase().startsWith(query.trim().toLowerCase()))
    .map((name) => ({ label: name, detail: "input", type: "value", apply: `{{ ${name} }}` }));
  return options.length ? { from: pos - typed.length, to: pos + closed, options, filter: false } : null;
};

// --- Where the cursor stands ---------------------------------------------------------------------------

/** The tree as far as `pos`: on a busy machine the editor puts off to read what was typed just now. */
const treeAt = (state, pos) => ensureSyntaxTree(state, pos, 200) ?? syntaxTree(state);

const AROUND = 1000; // characters looked at before and after a place
const LEAVES = new Set(["String", "PropertyName", "Number", "True", "False", "Null"]);
const isLeaf = (node) => (LEAVES.has(node.name) || node.type.isError) && !node.firstChild;
const isClosed = (text) => text.length > 1 && text.startsWith('"') && text.endsWith('"');

/**
 * What would be written at a position: {kind: "key", object, named} the name of a property (`named`: it has a value),
 * {kind: "value", object, key} the value of one, or {kind: "item", list} an entry of a list (of JsonText: the whole).
 * `token` is the range of what is being typed. Null where nothing can be written.
 */
export function slotAt(state, pos) {
  let node = treeAt(state, pos).resolveInner(pos, -1);
  let token = null;
  if (isLeaf(node) && node.from < pos) {
    const text = state.sliceDoc(node.from, node.to);
    if (isClosed(text) && pos === node.to) return null;
    token = { from: node.from, to: node.to };
  } else if (node.name === "}" || node.name === "]") {
    node = node.parent.parent;
  }
  if (node.name === "PropertyName") {
    const named = /^\s*:/.test(state.sliceDoc(node.to, node.to + AROUND));
    return { kind: "key", object: node.parent.parent, named, token };
  }
  while (node.type.isError || LEAVES.has(node.name) || "{[,:".includes(node.name)) node = node.parent;
  return slotIn(state, node, pos, token);
}

function slotIn(state, node, pos, token) {
  if (node.name === "Object") return { kind: "key", object: node, named: false, token };
  if (node.name === "Array" || node.name === "JsonText") return { kind: "item", list: node, token };
  const colon = node.getChild(":");
  if (colon && pos >= colon.to) return { kind: "value", object: node.parent, key: keyOf(state, node), token };
  return null;
}

/** What was typed up to the cursor, as words; none when a whole known value stands there and others are asked for. */
function queryOf({ state, pos, explicit }, { token }) {
  if (!token) return [];
  const whole = state.sliceDoc(token.from, token.to);
  if (explicit && pos === token.to - 1 && isClosed(whole)) return [];
  return state.sliceDoc(token.from, pos).replace(/^"/, "").toLowerCase().split(/\s+/).filter(Boolean);
}

/** The options that hold every word, best first: those whose name or type begins with the first word. Without words all, by group. */
function matching(options, words) {
  if (!words.length) return options;
  const found = options
    .filter(({ label, detail = "" }) => words.every((word) => `${label} ${detail}`.toLowerCase().includes(word)))
    .map((option) => ({ ...option, section: undefined }));
  const begins = ({ label, detail = "" }) => [label, label.split(".").at(-1), detail].some((text) => text.toLowerCase().startsWith(words[0]));
  return [...found.filter(begins), ...found.filter((option) => !begins(option))];
}

// --- What fits there ------------------------------------------------------------------------------------

function optionsAt(state, slot, actions, hints, groups) {
  const inner = slot.list ?? slot.object;
  const { action, parent, path } = inner.name === "JsonText" ? { parent: null, path: [] } : actionOf(state, inner) ?? {};
  if (!path) return [];
  const typeOf = (object) => stringOf(state, object, "actionType") ?? "";
  const legal = (above) => legalTypes(actions, above && typeOf(above), groups);
  if (slot.kind === "item" && !path.length) return legal(parent).map((option) => withApply(option, wholeAction(option.label, parent, hints)));
  if (slot.kind === "item") return values(parameterAt(hints, typeOf(action), path), slot.list, state);
  if (slot.kind === "key") return keys(state, slot, { actions, hints, type: typeOf(action), parent, path });
  if (!path.length && slot.key === "actionType") return legal(parent).map((option) => withApply(option, JSON.stringify(option.label)));
  if (!path.length && slot.key === "then") return legal(slot.object).map((option) => withApply(option, wholeAction(option.label, slot.object, hints)));
  return values(parameterAt(hints, typeOf(action), [...path, slot.key]));
}

/** The actions that may stand below a type (null: at the root), in the table's order. */
function legalTypes(actions, above, groups) {
  const types = above === null ? Object.keys(actions).filter((type) => actions[type].root > 0) : actions[above]?.children ?? [];
  const disputed = new Set(actions[above]?.disputed);
  const sections = new Map(groups.map(({ id, name }, rank) => [id, { name, rank }]));
  return types.map((type) => ({
    label: type,
    detail: actions[type].name,
    info: actions[type].summary + (disputed.has(type) ? " The sources disagree whether it may stand here." : ""),
    section: sections.get(actions[type].group),
    type: "action",
  }));
}

const fieldsAt = (hints, type, path) =>
  path.reduce((fields, name) => fields.find((field) => field.name === name)?.fields ?? [], hints[type]?.parameters ?? []);

const parameterAt = (hints, type, path) => fieldsAt(hints, type, path.slice(0, -1)).find(({ name }) => name === path.at(-1));

/** The values of a parameter with choices, in a list those that are not in it yet. */
function values(parameter, list, state) {
  const chosen = new Set(list && items(list).map((node) => textOf(state, node)));
  const choices = parameter?.kind === "boolean" ? [true, false] : parameter?.choices ?? [];
  return choices.filter((choice) => !chosen.has(choice)).map((choice) => withApply({ label: String(choice), type: "value" }, JSON.stringify(choice)));
}

/** The properties that an object may have and does not have yet. */
function keys(state, { object, named, token }, { actions, hints, type, parent, path }) {
  const written = items(object).filter((property) => property.name === "Property" && property.from !== token?.from);
  const present = new Set(written.map((property) => keyOf(state, property)));
  const known = path.length ? fieldsAt(hints, type, path) : actionKeys(actions, hints, type, parent);
  return known
    .filter(({ name }) => !present.has(name))
    .map((field) => {
      const name = JSON.stringify(field.name);
      const option = { label: field.name, detail: field.detail ?? detailOf(field), info: field.help, type: "property" };
      return withApply(option, named ? name : `${name}: ${valueTemplate(field)}`);
    });
}

function actionKeys(actions, hints, type, parent) {
  const kind = { name: "actionType", kind: "choice", detail: "what it does", help: "The action to run." };
  if (!actions[type]) return [kind];
  const allowed = (hints[type]?.parameters ?? []).filter(({ forbidden }) => !(parent && forbidden === "child"));
  const required = (field) => isRequired(field, parent);
  return [
    kind,
    ...allowed.filter(required),
    ...allowed.filter((field) => !required(field)),
    { name: "label", kind: "text", detail: "a name of yours", help: "A text that comes back with the result of this action." },
    ...(actions[type].children.length ? [{ name: "then", kind: "then", detail: "actions below", help: "The actions to run on what this one finds." }] : []),
  ];
}

const isRequired = ({ required }, parent) => required === "always" || (required === "root" && !parent);

const KINDS = { integer: "whole number", boolean: "yes or no", choice: "one of", choices: "any of", texts: "list", object: "group", objects: "list", "objects-or-texts": "list", "date-time": "date", "long-text": "text" };
const detailOf = ({ kind, required }) => (KINDS[kind] ?? kind) + (required === "always" ? ", required" : "");

// --- What is written ------------------------------------------------------------------------------------

/** The value of a parameter with a place to type into, as a snippet: ${…} are the places. */
function valueTemplate({ kind, default: preset, minimum }) {
  if (kind === "then") return '[\n\t{\n\t\t"actionType": "${}"\n\t}\n]';
  if (kind === "integer") return `\${1:${preset ?? minimum ?? 1}}`;
  if (kind === "boolean") return `\${1:${preset !== true}}`;
  if (kind === "object") return "{\n\t${}\n}";
  if (kind === "objects") return "[\n\t{\n\t\t${}\n\t}\n]";
  return ["texts", "choices", "objects-or-texts"].includes(kind) ? '["${}"]' : '"${}"';
}

/** An action with the parameters that it cannot do without in its place. */
function wholeAction(type, parent, hints) {
  const { parameters = [], any_of: [start = []] = [] } = hints[type] ?? {};
  const needed = parameters.filter((field) => isRequired(field, parent) || (!parent && start.includes(field.name)));
  const lines = needed.map((field) => `,\n\t"${field.name}": ${valueTemplate(field).replaceAll("\n", "\n\t")}`);
  return `{\n\t"actionType": "${type}"${lines.join("")}\n}`;
}

/** Writing the option sets the commas too that JSON wants before and after it. */
const withApply = (option, template) => ({
  ...option,
  apply(view, completion, from, to) {
    const before = view.state.sliceDoc(Math.max(0, from - AROUND), from);
    const end = from - (before.length - before.trimEnd().length);
    const lacking = /["}\]\w]$/.test(before.trimEnd());
    if (lacking) view.dispatch({ changes: { from: end, insert: "," }, userEvent: "input.complete" });
    const shift = lacking ? 1 : 0;
    const follows = /^\s*["{[\w-]/.test(view.state.sliceDoc(to + shift, to + AROUND));
    const filled = template.includes("${") ? template : `${template}\${}`; // where the cursor goes
    snippet(filled + (follows ? "," : ""))(view, completion, from + shift, to + shift);
  },
});
