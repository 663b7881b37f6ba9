// One file or folder of the host's machine: by the system's dialog in Electron, from a list of folders in a browser.
import { Button } from "@mantine/core";
import type { ChosenFile } from "../../main/contract/files.ts";
import { useChooseFile } from "../client/checkpoint-queries.ts";
import { useInfo } from "../client/queries.ts";
import { ErrorPanel } from "./error-panel.tsx";
import { FolderList } from "./folder-list.tsx";
import { PathText } from "./path-text.tsx";

interface FileChooserProps {
  what: "file" | "folder" | "file-or-folder";
  /** Of the dialog, and what its button says. */
  title: string;
  chosen: ChosenFile | null;
  onChange: (file: ChosenFile | null) => void;
}

export function FileChooser({ what, title, chosen, onChange }: FileChooserProps) {
  const info = useInfo();
  const dialog = useChooseFile();
  const hasDialog = info.data?.host === "electron";
  const choose = () => dialog.mutate({ what, title }, { onSuccess: (file) => file !== null && onChange(file) });
  return (
    <div className="file-chooser">
      {chosen !== null && (
        <div className="row">
          <PathText path={chosen.path} />
          <Button variant="default" size="compact-xs" onClick={() => (hasDialog ? choose() : onChange(null))}>
            Choose another
          </Button>
        </div>
      )}
      {chosen === null && hasDialog && (
        <Button variant="default" loading={dialog.isPending} onClick={choose}>
          {title}…
        </Button>
      )}
      {chosen === null && info.data !== undefined && !hasDialog && <FolderList what={what} onChoose={onChange} />}
      {dialog.error !== null && <ErrorPanel error={dialog.error} where="files.choose" />}
    </div>
  );
}
