// <time data-relative datetime="…">: "3 minutes ago", kept true while the page stands, with the exact moment in this
// browser's zone on hover. Parts swapped in later are seen to as well.

const STEPS = [["year", 31557600], ["month", 2629800], ["week", 604800], ["day", 86400], ["hour", 3600], ["minute", 60]];
// Made when there is a first time to tell: that takes a browser longer than all other scripts of a page.
const lazily = (make) => { let made; return () => (made ??= make()); };
const relative = lazily(() => new Intl.RelativeTimeFormat("en", { numeric: "auto" }));
const exact = lazily(() => new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" }));

/** "just now", "5 minutes ago", "yesterday" … for a moment `then`, seen at `now` (milliseconds). `nearly` is for what is
 * less than a minute away: clocks differ, so only the page knows whether that is behind or ahead. */
export function words(then, nearly = "just now", now = Date.now()) {
  const seconds = (then - now) / 1000;
  const step = STEPS.find(([, size]) => Math.abs(seconds) >= size);
  return step ? relative().format(Math.round(seconds / step[1]), step[0]) : nearly;
}

/** Bring the times within an element up to date. */
export function showTimes(within = document) {
  for (const time of within.querySelectorAll("time[data-relative]")) {
    const then = new Date(time.dateTime);
    const text = words(then, time.dataset.relative === "ahead" ? "in a moment" : undefined);
    if (time.textContent !== text) time.textContent = text;
    time.title = exact().format(then);
  }
}

showTimes();
setInterval(showTimes, 30_000);
document.addEventListener("htmx:after:swap", () => showTimes());
