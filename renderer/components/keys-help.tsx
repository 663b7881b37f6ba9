// `?`: the keys.
import { Kbd, Modal } from "@mantine/core";
import { useUi } from "../client/ui-store.ts";
import { keyList } from "./keyboard.ts";

export function KeysHelp() {
  const open = useUi((state) => state.keysOpen);
  const setOpen = useUi((state) => state.openKeys);
  if (!open) return null;
  return (
    <Modal opened onClose={() => setOpen(false)} title="Keys" size={460} closeButtonProps={{ "aria-label": "Close keys" }}>
      <div className="keys-table">
        {keyList.map(([keys, meaning]) => (
          <div key={meaning} style={{ display: "contents" }}>
            <span className="row" style={{ gap: 4 }}>
              {keys.map((key) => (
                <Kbd key={key}>{key}</Kbd>
              ))}
            </span>
            <span>{meaning}</span>
          </div>
        ))}
      </div>
    </Modal>
  );
}
