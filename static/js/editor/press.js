// What is drawn anew waits while a button of the page is held down: one that is replaced under a press hears of no click.

const LONGEST = 500; // milliseconds; who holds longer drags something, or is in a list that the system draws
let press = Promise.resolve();
let letGo = () => {};

window.addEventListener("pointerdown", () => {
  letGo();
  press = new Promise((resolve) => { letGo = resolve; });
  setTimeout(letGo, LONGEST);
}, { capture: true });

for (const name of ["pointerup", "pointercancel"]) {
  window.addEventListener(name, () => setTimeout(letGo), { capture: true }); // the click is heard first
}

/** Resolves when nothing is held down. */
export const released = () => press;
