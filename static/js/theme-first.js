// A script, and no module: it runs before the first paint, so that no page flashes in the wrong theme.
// Only where nobody is signed in: a person's own choice stands in the HTML already (system, light or dark).
document.documentElement.dataset.theme = localStorage.getItem("theme") || "system";
