// An empty view: what will be here, and the one action that fills it.
import type { ReactNode } from "react";

export function Empty({ title, children, action }: { title: string; children: ReactNode; action?: ReactNode }) {
  return (
    <div className="empty">
      <h1>{title}</h1>
      <p>{children}</p>
      {action}
    </div>
  );
}
