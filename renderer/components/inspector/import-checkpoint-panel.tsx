// Brings a checkpoint in: a folder as transformers saves it, or a GGUF file.
import { Button, TextInput } from "@mantine/core";
import { useEffect, useState } from "react";
import type { ChosenFile } from "../../../main/contract/files.ts";
import { useImportCheckpoint } from "../../client/checkpoint-queries.ts";
import { useInfo } from "../../client/queries.ts";
import { ErrorPanel } from "../error-panel.tsx";
import { FileChooser } from "../file-chooser.tsx";
import { duration } from "../format.ts";
import { inspect } from "./select.ts";

export function ImportCheckpointPanel() {
  const [file, setFile] = useState<ChosenFile | null>(null);
  const [name, setName] = useState("");
  const info = useInfo();
  const run = useImportCheckpoint();
  const begin = (handle: string) =>
    run.mutate(
      { handle, name: name.trim() || undefined },
      { onSuccess: (card) => inspect({ kind: "checkpoint", checkpointId: card.id }, { replace: true }) },
    );
  return (
    <div className="inspector-fill" data-testid="import-checkpoint">
      <div className="section stack">
        <p className="dim">
          A Hugging Face folder (Llama, Qwen2, Qwen3 as safetensors with tokenizer.json){" "}
          {info.data?.host === "electron" && "by any file in it, e.g. its config.json, "}or a GGUF file. Its files are copied as they are;
          nothing in them is run.
        </p>
      </div>
      <div className={file === null ? "section grow" : "section"}>
        <FileChooser
          what="file-or-folder"
          title="Choose a checkpoint"
          chosen={file}
          onChange={(next) => {
            run.reset();
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
          <div className="row">
            <Button loading={run.isPending} onClick={() => begin(file.handle)}>
              Import {name.trim() || file.name}
            </Button>
            {run.isPending && <Elapsed />}
          </div>
          {run.error !== null && <ErrorPanel error={run.error} where="checkpoints.import" onRetry={() => begin(file.handle)} />}
        </div>
      )}
    </div>
  );
}

function Elapsed() {
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setSeconds((s) => s + 1), 1000);
    return () => clearInterval(timer);
  }, []);
  return (
    <span className="dim tabular" role="status">
      Checks, copies and hashes the files: {duration(seconds)} so far
    </span>
  );
}
