// A script, and no module, so that it is there before anything can be pressed. What the modules do with a press (open a
// dialog, ask before a form is sent) would be lost before they have come, or be done without asking. So the last press
// of that time waits for them.
{
  let isEarly = true;
  let waiting = () => {};

  const hold = (event, again) => {
    event.preventDefault();
    event.stopImmediatePropagation();
    waiting = again;
  };

  window.addEventListener("click", (event) => {
    const button = isEarly && event.target.closest('button[type="button"]:not([popovertarget])');
    if (button) hold(event, () => button.click());
  }, { capture: true });

  window.addEventListener("submit", (event) => {
    const { target: form, submitter } = event;
    if (isEarly) hold(event, () => form.requestSubmit(submitter));
  }, { capture: true });

  // Modules have run by then; htmx begins just then, so this is a moment later.
  document.addEventListener("DOMContentLoaded", () => setTimeout(() => {
    isEarly = false;
    waiting();
  }));
}
