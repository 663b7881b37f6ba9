// Takes a checkpoint out for other programs: transformers, llama.cpp, PEFT.
import { Button, SegmentedControl, Select, Switch } from "@mantine/core";
import { useState } from "react";
import type { CheckpointCard, ExportInput } from "../../../main/contract/checkpoint.ts";
import type { ChosenFile } from "../../../main/contract/files.ts";
import { useExportCheckpoint } from "../../client/checkpoint-queries.ts";
import { ErrorPanel } from "../error-panel.tsx";
import { FileChooser } from "../file-chooser.tsx";
import { bytes } from "../format.ts";
import { PathText } from "../path-text.tsx";

type Dtype = NonNullable<ExportInput["dtype"]>;

const formats: Record<ExportInput["format"], { label: string; loads: string; dtypes: Dtype[] }> = {
  safetensors: { label: "safetensors folder", loads: "transformers loads it", dtypes: ["F32", "BF16", "F16"] },
  gguf: { label: "GGUF file", loads: "llama.cpp loads it", dtypes: ["F16", "Q8_0", "F32"] },
};

const bitsOf: Record<Dtype, string> = { F32: "32 bits, exact", BF16: "16 bits", F16: "16 bits", Q8_0: "8.5 bits, quantised" };

export function CheckpointExport({ card }: { card: CheckpointCard }) {
  const adapter = card.file.weights.kind === "adapter";
  const [format, setFormat] = useState<ExportInput["format"]>("safetensors");
  const [dtype, setDtype] = useState<Dtype | null>(null);
  const [merge, setMerge] = useState(true);
  const [elsewhere, setElsewhere] = useState(false);
  const [folder, setFolder] = useState<ChosenFile | null>(null);
  const run = useExportCheckpoint();
  const { dtypes, loads } = formats[format];
  const alone = adapter && !merge && format === "safetensors";
  const ready = !elsewhere || folder !== null;
  return (
    <div className="section stack" data-testid="export">
      <SegmentedControl
        size="xs"
        aria-label="Format"
        value={format}
        onChange={(value) => {
          setFormat(value as ExportInput["format"]);
          setDtype(null);
        }}
        data={Object.entries(formats).map(([value, { label }]) => ({ value, label }))}
      />
      {adapter && format === "safetensors" && (
        <Switch
          label="Add the adapter to its base"
          description={merge ? "The result is a whole model." : "The adapter alone, in PEFT's format: its base is needed to use it."}
          checked={merge}
          onChange={(event) => setMerge(event.currentTarget.checked)}
        />
      )}
      {!alone && (
        <Select
          label="Weights"
          description={loads}
          value={dtype ?? dtypes[0]}
          onChange={(value) => setDtype(value as Dtype)}
          allowDeselect={false}
          data={dtypes.map((value) => ({ value, label: `${value}: ${bitsOf[value]}` }))}
          w={240}
        />
      )}
      <Switch
        label="Write it into another folder"
        description={elsewhere ? undefined : "Otherwise it goes into exports/ of the data folder."}
        checked={elsewhere}
        onChange={(event) => setElsewhere(event.currentTarget.checked)}
      />
      {elsewhere && <FileChooser what="folder" title="Choose a folder" chosen={folder} onChange={setFolder} />}
      <div className="row">
        <Button
          loading={run.isPending}
          disabled={!ready}
          onClick={() =>
            run.mutate({
              checkpoint: card.id,
              format,
              dtype: alone ? undefined : (dtype ?? dtypes[0]),
              merge,
              handle: elsewhere ? folder?.handle : undefined,
            })
          }
        >
          {`Export as ${alone ? "an adapter" : `${format}, ${dtype ?? dtypes[0]}`}`}
        </Button>
        {run.isPending && <span className="dim">Weights are written tensor by tensor.</span>}
      </div>
      {run.error !== null && <ErrorPanel error={run.error} where="checkpoints.export" />}
      {run.data !== undefined && !run.isPending && (
        <div role="status" data-testid="exported">
          <p>Written, {bytes(run.data.bytes)}:</p>
          <p className="row">
            <PathText path={run.data.path} />
            <Button variant="default" size="compact-xs" onClick={() => void navigator.clipboard.writeText(run.data.path)}>
              Copy path
            </Button>
          </p>
        </div>
      )}
    </div>
  );
}
