// Lists whose entries go one step at a time: inputs, columns. A press counts from where the presses before it lead, not
// from what is shown, which follows when they are saved.

import { edit, line } from "./edits.js";
import { announce } from "./page.js";

/** step(key, by, verb, fields) of a list; `keys()`: those of its entries, as they are shown. */
export function stepper(keys) {
  let order = null; // the keys as the steps on their way leave them; null: as they are shown

  return {
    /** Move the entry `key` one step (-1 or 1), by an edit of `verb` with `fields` and what it will stand `before`. Resolves to whether it did. */
    async step(key, by, verb, fields) {
      order ??= keys();
      const others = order.filter((each) => each !== key);
      const index = order.indexOf(key) + by;
      if (index < 0 || index > others.length) {
        announce(by < 0 ? "It is the first already." : "It is the last already.");
        return false;
      }
      order = others.toSpliced(index, 0, key);
      const { ok } = await edit(verb, { ...fields, before: others[index] ?? "" });
      if (!ok) order = null;
      return ok;
    },
    /** The list is shown anew. */
    shown() { if (!line.edits.length) order = null; },
  };
}
