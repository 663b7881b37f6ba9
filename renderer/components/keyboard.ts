// Keys that work everywhere: palette, search, tables. The table in use (the last one focused or shown) takes j, k and Enter.
import { useEffect, useRef } from "react";
import { useUi } from "../client/ui-store.ts";

export interface TableKeys {
  move: (by: number) => void;
  open: () => void;
}

const tables: TableKeys[] = [];

/** Makes a table the one that j, k and Enter act on. */
export function useTableKeys(keys: TableKeys): { activate: () => void } {
  const latest = useRef(keys);
  latest.current = keys;
  const entry = useRef<TableKeys>({ move: (by) => latest.current.move(by), open: () => latest.current.open() });
  const activate = () => {
    const at = tables.indexOf(entry.current);
    if (at >= 0) tables.splice(at, 1);
    tables.push(entry.current);
  };
  useEffect(() => {
    const own = entry.current;
    tables.unshift(own);
    return () => {
      tables.splice(tables.indexOf(own), 1);
    };
  }, []);
  return { activate };
}

function typing(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName));
}

/** Enter on a focused control is that control's own. */
function control(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    target.closest("button, a, summary, [role=menuitem], [role=option], [role=tab], [role=combobox]") !== null
  );
}

export function useGlobalKeys(closeInspector: () => void): void {
  const close = useRef(closeInspector);
  close.current = closeInspector;
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const ui = useUi.getState();
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
        event.preventDefault();
        ui.openPalette(!ui.paletteOpen);
        return;
      }
      if (event.ctrlKey || event.metaKey || event.altKey || ui.paletteOpen || ui.keysOpen || event.defaultPrevented) return;
      if (event.key === "Escape") {
        if (typing(event.target)) (event.target as HTMLElement).blur();
        else close.current();
        return;
      }
      if (typing(event.target)) return;
      const table = tables[tables.length - 1];
      switch (event.key) {
        case "/": {
          const search = document.querySelector<HTMLInputElement>("[data-search]");
          if (search !== null) {
            event.preventDefault();
            search.focus();
            search.select();
          }
          break;
        }
        case "?":
          ui.openKeys(true);
          break;
        case "j":
          table?.move(1);
          break;
        case "k":
          table?.move(-1);
          break;
        case "Enter":
          if (!control(event.target)) table?.open();
          break;
      }
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
}

export const keyList: [string[], string][] = [
  [["Ctrl", "K"], "Palette over every action and object (⌘ K on a Mac)"],
  [["/"], "Search in the view"],
  [["j"], "Next row"],
  [["k"], "Previous row"],
  [["Home", "End"], "First and last row of a long table"],
  [["Enter"], "Open the row"],
  [["Ctrl", "Enter"], "Sample from what is typed"],
  [["Esc"], "Close the inspector, or leave a field"],
  [["?"], "These keys"],
];
