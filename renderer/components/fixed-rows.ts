// Which rows of a long table are in sight, where each is drawn, and how to bring one into sight. Rows have one height.
import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import { type Axis, bodyHeight, type Place, physicalOf, scrolledTo } from "./tall-scroll.ts";

const rowHeight = 28;
/** The head stays at the top and covers that much. */
const headHeight = 26;
/** Rows that are drawn past each end. */
const spare = 12;
/** A scrollbar that is dragged passes many pages that nobody looks at. */
const reportMilliseconds = 80;

export interface FixedRows {
  scroll: RefObject<HTMLDivElement | null>;
  /** Of the body, in pixels. */
  height: number;
  /** Rows to draw. */
  indices: number[];
  /** Where a row begins in the body, in pixels. */
  topOf: (index: number) => number;
  show: (index: number) => void;
  toTop: () => void;
}

export function useFixedRows(total: number, onRange?: (first: number, last: number) => void): FixedRows {
  const scroll = useRef<HTMLDivElement>(null);
  const [viewport, setViewport] = useState(0);
  const [place, setPlace] = useState<Place>({ physical: 0, virtual: 0 });
  const axis: Axis = { content: total * rowHeight, viewport: Math.max(0, viewport - headHeight) };
  const latest = useRef({ axis, place });
  latest.current = { axis, place };

  const goTo = useCallback((next: Place) => {
    latest.current.place = next;
    setPlace(next);
    const element = scroll.current;
    if (element !== null && element.scrollTop !== next.physical) element.scrollTop = next.physical;
  }, []);

  useLayoutEffect(() => {
    const element = scroll.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => setViewport(element.clientHeight));
    observer.observe(element);
    setViewport(element.clientHeight);
    const onScroll = () => {
      const { axis, place } = latest.current;
      if (element.scrollTop !== place.physical) goTo(scrolledTo(element.scrollTop, place, axis));
    };
    element.addEventListener("scroll", onScroll, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener("scroll", onScroll);
    };
  }, [goTo]);

  const first = Math.max(0, Math.floor(place.virtual / rowHeight) - spare);
  const last = Math.min(total - 1, Math.ceil((place.virtual + axis.viewport) / rowHeight) + spare);
  const report = useRef(onRange);
  report.current = onRange;
  const reported = useRef(0);
  useEffect(() => {
    if (last < first) return;
    const wait = Math.max(0, reported.current + reportMilliseconds - performance.now());
    const timer = setTimeout(() => {
      reported.current = performance.now();
      report.current?.(first, last);
    }, wait);
    return () => clearTimeout(timer);
  }, [first, last]);

  return {
    scroll,
    height: bodyHeight(axis),
    indices: Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i),
    topOf: (index) => index * rowHeight - place.virtual + place.physical,
    show: (index) => {
      const { axis, place } = latest.current;
      const [top, end] = [index * rowHeight, (index + 1) * rowHeight - axis.viewport];
      const virtual = Math.max(0, Math.min(top, Math.max(end, place.virtual)));
      const by = virtual - place.virtual;
      if (by === 0) return;
      goTo(Math.abs(by) > axis.viewport ? { physical: physicalOf(virtual, axis), virtual } : scrolledTo(place.physical + by, place, axis));
    },
    toTop: () => goTo({ physical: 0, virtual: 0 }),
  };
}
