// The form of a schedule: somebody whose profile says UTC, which nobody has to have chosen, gets the zone of the browser.

const zone = document.querySelector("[data-own-zone]");
const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (zone?.value === "UTC" && [...document.querySelectorAll("#zones option")].some((known) => known.value === own)) {
  zone.value = own;
  // htmx listens from a task of its own after the document was read: not before that.
  window.addEventListener("load", () => setTimeout(() => zone.dispatchEvent(new Event("input", { bubbles: true }))));
}
