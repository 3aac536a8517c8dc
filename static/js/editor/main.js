// The editor page. Each file below is one behaviour; they talk by events on the document:
//   editor:selected {id}                  another action is selected ("" for none); of several, another one leads
//   editor:chosen                         which actions are selected may have changed (selection.js: chosen)
//   editor:changed {ids, sent, field, message, tray}  an answer was applied; ids: the actions that it touched, theirs:
//                                         those of them that others did, the last of them by {by, hue} (initials,
//                                         colour); sent: names of the fields of the edit that it answers, if it
//                                         answers one; tray: what is laid aside changed
//   view:shown {view}                     another view is shown: "outline", "map" or "json"
//   map:zoom {to}                         zoom the map: "in", "out", "reset" or "fit"
//   editor:state                          what is saved and what is not has changed
//   editor:unsaved {entries}              what was typed and could not be saved, and is in no field any more

import "./title.js";
import "./tree.js";
import "./keys.js";
import "./actions.js";
import "./addrow.js";
import "./inserter.js";
import "./inspector.js";
import { scripts } from "./panels.js";
import "./dragging.js";
import "./selection.js";
import "./views.js";
import "./effects.js";
import "./tray.js";
import "./refusals.js";
import "./clipboard.js";
import "./savestate.js";
import { showPalette } from "./palette.js";
import { table } from "./catalog.js";
import { showPage } from "./apply.js";
import { sendStored } from "./edits.js";
import { mayEdit } from "./page.js";
import { viewShown } from "./views.js";

document.addEventListener("editor:unsaved", async ({ detail }) => (await import("./conflict.js")).showUnsaved(detail.entries));
if (viewShown() === "map") await import("./map.js");
await table;
showPage();
if (mayEdit) showPalette();
sendStored();
document.body.dataset.editorReady = "";

scripts.columns = () => import("./columns.js");
scripts.versions = () => import("./history.js");

/** What nobody does in the first moment; without a connection, as soon as there is one. */
const bringTheRest = () => import("./later.js").catch(() => window.addEventListener("online", bringTheRest, { once: true }));

/** That, and what panels look like that are opened later: once the first picture stands. */
setTimeout(() => {
  for (const sheet of document.querySelectorAll("link[data-later]")) sheet.media = "all";
  bringTheRest();
}, 100);
