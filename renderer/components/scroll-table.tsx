// A wide table that scrolls sideways on its own, also by keyboard.
import type { ReactNode } from "react";

export function ScrollTable({ label, children }: { label: string; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must take the focus
    <section className="table-wrap" aria-label={label} tabIndex={0}>
      {children}
    </section>
  );
}
