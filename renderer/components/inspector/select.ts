// Opening something in the inspector is a change of the link.
import { setQuery } from "../../client/location.ts";
import { type Selection, selectionKey, writeSelection } from "../../client/selection.ts";

export function inspect(selection: Selection, options?: { replace?: boolean }): void {
  setQuery({ [selectionKey]: writeSelection(selection) }, options);
}
