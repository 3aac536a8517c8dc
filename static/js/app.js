// What every page does. One file per behaviour; each finds its elements by a data attribute and listens
// on the document, so that parts swapped in later need no wiring.

import "./lib/csrf.js";
import "./ui/confirm.js";
import "./ui/copy.js";
import "./ui/dialog.js";
import "./ui/fetch.js";
import "./ui/filter.js";
import "./ui/menu.js";
import "./ui/tabs.js";
import "./ui/theme.js";
import "./ui/times.js";
import "./ui/toast.js";
import "./ui/typed.js";
