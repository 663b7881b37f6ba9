// Brings a checkpoint in: a folder as transformers saves it, a LoRA adapter as PEFT saves it, or a GGUF file.
import { Button, Select, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { ChosenFile } from "../../../main/contract/files.ts";
import { useCheckpointCards } from "../../client/checkpoint-queries.ts";
import { recordOfFailure } from "../../client/error-record.ts";
import { useCheckpointImport } from "../../client/imports.ts";
import { parseHash } from "../../client/location.ts";
import { useClient, useInfo } from "../../client/queries.ts";
import { keys } from "../../client/query-keys.ts";
import { readSelection, selectionKey } from "../../client/selection.ts";
import { ErrorPanel } from "../error-panel.tsx";
import { FileChooser } from "../file-chooser.tsx";
import { inspect } from "./select.ts";

export function ImportCheckpointPanel() {
  const client = useClient();
  const queries = useQueryClient();
  const info = useInfo();
  const cards = useCheckpointCards();
  const run = useCheckpointImport((state) => state.run);
  const start = useCheckpointImport((state) => state.start);
  const dismiss = useCheckpointImport((state) => state.dismiss);
  const [file, setFile] = useState<ChosenFile | null>(null);
  const [name, setName] = useState("");
  const [base, setBase] = useState<string | null>(null);
  const running = run?.status === "running";
  // That it is an adapter is known once it was opened.
  const needsBase = base !== null || (run?.status === "failed" && recordOfFailure(run.error, "").code === "no-base");
  const begin = ({ handle, name: fileName }: ChosenFile) => {
    const input = { handle, name: name.trim() || undefined, base: base ?? undefined };
    start(input.name ?? fileName, (listener) =>
      client.checkpoints.importing.subscribe(input, {
        ...listener,
        onData: (event) => {
          listener.onData(event);
          if (event.type !== "imported") return;
          void queries.invalidateQueries({ queryKey: keys.checkpointCards });
          // Who looks at something else meanwhile is not called back.
          const { query } = parseHash(window.location.hash);
          if (readSelection(new URLSearchParams(query).get(selectionKey))?.kind === "import-checkpoint")
            inspect({ kind: "checkpoint", checkpointId: event.card.id }, { replace: true });
        },
      }),
    );
  };
  return (
    <div className="inspector-fill" data-testid="import-checkpoint">
      <div className="section stack">
        <p className="dim">
          A Hugging Face folder (Llama, Qwen2 or Qwen3 as safetensors with tokenizer.json, or a LoRA adapter)
          {info.data?.host === "electron" && ", by any file in it such as config.json,"} or a GGUF file. Its files are copied as they are;
          nothing in them is run.
        </p>
      </div>
      <div className={file === null ? "section grow" : "section"}>
        <FileChooser
          what="file-or-folder"
          title="Choose a checkpoint"
          chosen={file}
          onChange={(next) => {
            dismiss();
            setBase(null);
            setFile(next);
          }}
        />
      </div>
      {file !== null && (
        <div className="section stack">
          <TextInput
            label="Name"
            description="Letters, digits, dots and dashes. Empty: what the folder or file is called."
            placeholder={file.name.replace(/\.gguf$/i, "")}
            value={name}
            maxLength={64}
            onChange={(event) => setName(event.currentTarget.value)}
            w={280}
          />
          {needsBase && (
            <Select
              label="Checkpoint that the adapter stands on"
              searchable
              placeholder="Choose"
              value={base}
              onChange={setBase}
              data={(cards.data ?? []).map(({ id }) => id)}
              w={280}
            />
          )}
          <div className="row">
            <Button loading={running} onClick={() => begin(file)}>
              Import {name.trim() || file.name}
            </Button>
            {run?.status === "cancelled" && <span className="dim">Cancelled; nothing of it is kept.</span>}
          </div>
          {run?.status === "failed" && <ErrorPanel error={run.error} where="checkpoints.importing" onRetry={() => begin(file)} />}
        </div>
      )}
    </div>
  );
}
