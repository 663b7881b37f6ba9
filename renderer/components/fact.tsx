// One fact of a list of facts: a term and what holds for it.
import type { ReactNode } from "react";

export function Fact({ term, mono = false, children }: { term: ReactNode; mono?: boolean; children: ReactNode }) {
  return (
    <>
      <dt>{term}</dt>
      <dd className={mono ? "mono" : undefined}>{children}</dd>
    </>
  );
}
