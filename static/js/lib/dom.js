// Small help for building and finding elements.

/** The closest ancestor of an event's target that matches, or null. */
export const closest = (event, selector) =>
  event.target instanceof Element ? event.target.closest(selector) : null;

/** An icon of static/icons.svg, as {% icon %} writes it. */
export function icon(name, extra = "") {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", `icon ${extra}`.trim());
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${document.body.dataset.icons}#${name}`);
  svg.append(use);
  return svg;
}

/** element("button", {class: "button", "data-x": 1}, child, "text") -> Element. Text is never parsed as HTML. */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) made.setAttribute(name, "");
    else if (value !== false && value != null) made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child != null && child !== false));
  return made;
}

/** Whether keys that are typed belong to this element. */
export const isTyping = (target) =>
  target instanceof Element && target.closest("input, textarea, select, [contenteditable='true']") !== null;
