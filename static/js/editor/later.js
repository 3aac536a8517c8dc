// What nobody needs in the first moment: main.js asks for it when the editor can be used. A file here looks at how
// things stand when it comes, for the person may have been faster.

import "./map.js";
import "./codeview.js";
import "./history.js";
import "./snippets.js";
