// Shows its children only after 200 ms: what answers sooner never flickers.
import { type ReactNode, useEffect, useState } from "react";

export function Late({ children }: { children: ReactNode }) {
  const [due, setDue] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setDue(true), 200);
    return () => clearTimeout(timer);
  }, []);
  return due ? children : null;
}

export function Loading({ what }: { what: string }) {
  return (
    <Late>
      <p className="section dim" role="status">
        Reading {what}…
      </p>
    </Late>
  );
}
