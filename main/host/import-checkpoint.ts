// Brings a checkpoint into the data folder: opened and checked first, its files then copied as they are, so that the weights stay
// what they were. The folder is written aside, synced and renamed; only then does the store know of it.
import { constants, existsSync, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { copyFile, open } from "node:fs/promises";
import { basename, join } from "node:path";
import { type CheckpointFile, HeadstartError, parameterCount, type TokenizerFiles } from "../contract/index.ts";
import { sha256Of } from "../formats/checkpoint-folder.ts";
import { openGguf } from "../formats/gguf.ts";
import { openHfFolder } from "../formats/hf-checkpoint.ts";
import type { WeightFile } from "../formats/weight-file.ts";
import { syncFolder } from "../formats/write-aside.ts";
import { importedCheckpointFolder, type StoreClient } from "../store/client.ts";
import { ggufTokenizerFiles } from "../tokenizer/gguf-tokenizer.ts";
import { openTokenizer } from "../tokenizer/open-tokenizer.ts";
import type { CheckpointLibrary } from "./checkpoint-library.ts";
import { version } from "./version.ts";

export interface ImportRequest {
  /** A folder as transformers saves it, or a .gguf file. */
  path: string;
  /** What it is to be called; by default what the folder or file is called. */
  name?: string;
  store: StoreClient;
  library: CheckpointLibrary;
  dataFolder: string;
}

/** What is known of a source once its headers were read. */
interface Source {
  weights: WeightFile;
  model: CheckpointFile["model"];
  weightFiles: CheckpointFile["weights"];
  tokenizer: TokenizerFiles;
  /** Copied: name here → path there. */
  copies: Map<string, string>;
  /** Written: name → text. */
  written: Map<string, string>;
}

export async function importCheckpoint({ path, name, store, library, dataFolder }: ImportRequest): Promise<string> {
  const id = await freeId(name ?? basename(path).replace(/\.gguf$/i, ""), name !== undefined, library);
  const source = statSync(path).isDirectory() ? huggingFaceSource(path) : ggufSource(path);
  try {
    const folder = join(dataFolder, importedCheckpointFolder(id));
    const part = `${folder}.part`;
    rmSync(part, { recursive: true, force: true });
    mkdirSync(part, { recursive: true });
    try {
      const sha256: Record<string, string> = {};
      for (const [to, from] of source.copies) {
        await copyDurably(from, join(part, to));
        if (isWeights(to)) sha256[to] = await sha256Of(join(part, to));
      }
      for (const [to, text] of source.written) writeFileSync(join(part, to), text, { flush: true });
      // A tokenizer that does not open now would fail in each run.
      openTokenizer(source.tokenizer, (file) => source.written.get(file) ?? readText(join(part, file)));
      const file: CheckpointFile = {
        formatVersion: 2,
        id,
        parentId: null,
        tokenizer: source.tokenizer,
        weights: source.weightFiles,
        dtypes: dtypesOf(source.weights),
        model: source.model,
        step: 0,
        seed: null,
        dataHash: null,
        codeVersion: version,
        sha256,
        trainer: null,
        origin: `Imported from ${basename(path)}`,
      };
      writeFileSync(join(part, "checkpoint.json"), `${JSON.stringify(file, null, 2)}\n`, { flush: true });
      syncFolder(part);
      renameSync(part, folder);
      syncFolder(join(dataFolder, "checkpoints"));
    } catch (thrown) {
      rmSync(part, { recursive: true, force: true });
      throw thrown;
    }
    await store.addImportedCheckpoint({
      id,
      path: importedCheckpointFolder(id),
      source: path,
      parameters: parameterCount(source.model),
      createdAt: new Date().toISOString(),
    });
    return id;
  } finally {
    source.weights.close();
  }
}
