// What nobody needs in the first moment: main.js asks for it when the editor can be used, so that it is there without a
// connection too. Whoever is faster imports it where it is asked for; a file that works by itself looks at how things
// stand when it comes. What works in the History tab comes with the tab.

import "./live.js";
import "./nodemenu.js";
import "./dialogs.js";
import "./nextproblem.js";
import "./inputs.js";
import "./conflict.js";
import "./map.js";
import "./codeview.js";
import "./snippets.js";
