// Scrolling past what a browser can lay out. An element is at most some 33 million pixels tall, which 1.2 million rows pass; so the
// body of a longer table is `tallest` pixels, and its rows lie on a longer, virtual axis. Small moves (wheel, keys) go pixel by pixel
// on both axes; a jump (dragging the scrollbar) is mapped in proportion. Near both ends the axes are equal, so that the first and
// the last row are reached exactly.

export const tallest = 12_000_000;

export interface Axis {
  /** Height of the rows, and of the part that is in sight. */
  content: number;
  viewport: number;
}

/** Length near each end in which physical and virtual pixels are equal. */
const band = 100_000;

export function bodyHeight({ content }: Axis): number {
  return Math.min(content, tallest);
}

const lastVirtual = ({ content, viewport }: Axis) => Math.max(0, content - viewport);
const lastPhysical = (axis: Axis) => Math.max(0, bodyHeight(axis) - axis.viewport);

/** Where scrolling to `physical` at once leads on the virtual axis. */
export function virtualOf(physical: number, axis: Axis): number {
  const [ends, stretched] = [lastPhysical(axis), lastVirtual(axis)];
  if (axis.content <= tallest || physical <= band) return physical;
  if (physical >= ends - band) return stretched - (ends - physical);
  return band + ((physical - band) / (ends - 2 * band)) * (stretched - 2 * band);
}

export function physicalOf(virtual: number, axis: Axis): number {
  const [ends, stretched] = [lastPhysical(axis), lastVirtual(axis)];
  if (axis.content <= tallest || virtual <= band) return virtual;
  if (virtual >= stretched - band) return ends - (stretched - virtual);
  return band + ((virtual - band) / (stretched - 2 * band)) * (ends - 2 * band);
}

export interface Place {
  /** The element's scrollTop. */
  physical: number;
  virtual: number;
}

/** The place after the element scrolled to `physical`. Where it differs from `physical`, the element has to be set to it. */
export function scrolledTo(physical: number, before: Place, axis: Axis): Place {
  const moved = physical - before.physical;
  if (axis.content <= tallest || Math.abs(moved) > axis.viewport) return { physical, virtual: virtualOf(physical, axis) };
  const virtual = Math.max(0, Math.min(lastVirtual(axis), before.virtual + moved));
  const proper = physicalOf(virtual, axis);
  const atEnd = physical < 2 * axis.viewport || physical > lastPhysical(axis) - 2 * axis.viewport;
  const drifted = Math.abs(proper - physical) > band / 2;
  return { physical: drifted || (atEnd && proper !== physical) ? proper : physical, virtual };
}
