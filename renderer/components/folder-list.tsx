// Folders of the machine that the host runs on, for a page in a browser, which has no dialog of that machine. The page holds handles.
import { Button } from "@mantine/core";
import { IconFile, IconFolderFilled } from "@tabler/icons-react";
import { useState } from "react";
import type { ChosenFile, FileEntry } from "../../main/contract/files.ts";
import { useFolder } from "../client/checkpoint-queries.ts";
import { ErrorPanel } from "./error-panel.tsx";
import { bytes, moment, plural } from "./format.ts";
import { Loading } from "./late.tsx";
import { PathText } from "./path-text.tsx";
import { VirtualGrid } from "./virtual-grid.tsx";

interface FolderListProps {
  what: "file" | "folder" | "file-or-folder";
  onChoose: (file: ChosenFile) => void;
}

export function FolderList({ what, onChoose }: FolderListProps) {
  const [at, setAt] = useState<string | null>(null);
  const folder = useFolder(at);
  if (folder.error !== null)
    return <ErrorPanel error={folder.error} where="files.list" onRetry={() => (at === null ? void folder.refetch() : setAt(null))} />;
  if (folder.data === undefined) return <Loading what="the folder" />;
  const { path, parent, entries, handle } = folder.data;
  const open = (entry: FileEntry) => {
    if (entry.folder) setAt(entry.handle);
    else if (what !== "folder") onChoose({ handle: entry.handle, name: entry.name, path: `${path}/${entry.name}` });
  };
  return (
    <section className="folder-list" aria-label="Choose from the folders of this machine">
      <div className="row folder-path">
        <Button variant="default" size="compact-xs" disabled={parent === null} onClick={() => parent !== null && setAt(parent)}>
          Up
        </Button>
        <PathText path={path} />
        {what !== "file" && (
          <Button
            variant="default"
            size="compact-xs"
            className="push"
            onClick={() => onChoose({ handle, name: path.slice(path.lastIndexOf("/") + 1) || path, path })}
          >
            Choose this folder
          </Button>
        )}
      </div>
      <VirtualGrid
        label={`Files of ${path}`}
        resetKey={path}
        total={entries.length}
        row={(index) => entries[index]}
        onOpen={open}
        isOpen={() => false}
        follow={false}
        foot={entries.length === 0 ? "This folder is empty (hidden files are not listed)." : plural(entries.length, "entry", "entries")}
        columns={[
          {
            key: "name",
            label: "Name",
            width: "minmax(120px, 1fr)",
            render: (entry) => (
              <span className="row">
                {entry.folder ? <IconFolderFilled size={14} aria-label="folder" /> : <IconFile size={14} aria-hidden="true" />}
                {entry.name}
              </span>
            ),
          },
          { key: "bytes", label: "Size", width: "72px", numeric: true, render: (entry) => (entry.folder ? "" : bytes(entry.bytes)) },
          {
            key: "modified",
            label: "Modified",
            width: "116px",
            render: (entry) => <span className="dim">{moment(entry.modifiedAt)}</span>,
          },
        ]}
      />
    </section>
  );
}
