// The one script that is no module: it runs before the first paint, so that no page flashes in the wrong theme.
// A signed-in person's choice stands in the HTML already (system, light or dark); else this browser's is taken.
document.documentElement.dataset.theme ||= localStorage.getItem("theme") || "system";
