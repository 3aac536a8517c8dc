// Scrolls a box while the pointer is near one of its edges, faster the nearer it is.

const EDGE = 56; // pixels from the edge in which it scrolls
const FASTEST = 18; // pixels in one frame

const speed = (fromStart, fromEnd) => {
  if (fromStart < EDGE) return -FASTEST * Math.min(1, 1 - fromStart / EDGE);
  return fromEnd < EDGE ? FASTEST * Math.min(1, 1 - fromEnd / EDGE) : 0;
};

/** One frame's worth; `edges` is the box's getBoundingClientRect. True when it did scroll. */
export function autoscroll(box, edges, x, y) {
  const [left, top] = [box.scrollLeft, box.scrollTop];
  const by = { left: speed(x - edges.left, edges.right - x), top: speed(y - edges.top, edges.bottom - y) };
  if (!by.left && !by.top) return false;
  box.scrollBy({ ...by, behavior: "instant" });
  return box.scrollLeft !== left || box.scrollTop !== top;
}
