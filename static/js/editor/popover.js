// Where floating panels stand: below their anchor, above it when there is no room, always inside the window.

const GAP = 4;

/** Show a popover beside an element. On narrow windows CSS makes it a sheet at the bottom instead. */
export function openAt(popover, anchor) {
  popover.showPopover();
  const from = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = popover;
  const below = from.bottom + GAP;
  const top = below + height <= innerHeight - GAP ? below : Math.max(GAP, Math.min(from.top - GAP - height, innerHeight - GAP - height));
  const left = Math.max(GAP, Math.min(from.width > width ? from.left : from.right - width, innerWidth - GAP - width));
  popover.style.top = `${top}px`;
  popover.style.left = `${left}px`;
}
