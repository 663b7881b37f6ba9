// Brings a checkpoint into the data folder: opened and checked first, its files then copied as they are, so that the weights stay
// what they were. The folder is written aside, synced and renamed; only then does the store know of it.
import { constants, existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { copyFile, open } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import {
  type CheckpointFile,
  type CheckpointImportProgress,
  HeadstartError,
  parameterCount,
  type TokenizerFiles,
} from "../contract/index.ts";
import { sha256Of, tokenizerFileNames, weightFileNames } from "../formats/checkpoint-folder.ts";
import { openGguf } from "../formats/gguf.ts";
import { openHfFolder } from "../formats/hf-checkpoint.ts";
import { adapterFile, openPeftFolder } from "../formats/peft.ts";
import type { WeightFile } from "../formats/weight-file.ts";
import { syncFolder, writeAside } from "../formats/write-aside.ts";
import { importedCheckpointFolder, type StoreClient } from "../store/client.ts";
import { ggufTokenizer } from "../tokenizer/gguf-tokenizer.ts";
import { openTokenizer } from "../tokenizer/open-tokenizer.ts";
import type { CheckpointLibrary } from "./checkpoint-library.ts";
import { version } from "./version.ts";

export interface ImportRequest {
  /** A folder as transformers saves it (or its config.json, or its weights), or a .gguf file. */
  path: string;
  /** What it is to be called; by default what the folder or file is called. */
  name?: string;
  /** Id of the checkpoint that a LoRA adapter stands on. */
  base?: string;
  store: StoreClient;
  library: CheckpointLibrary;
  dataFolder: string;
  onProgress?: (progress: CheckpointImportProgress) => void;
  /** Ends it before the next file; nothing of it is kept. */
  signal?: AbortSignal;
}

/** What is known of a source once its headers were read. */
interface Source {
  weights: WeightFile;
  model: CheckpointFile["model"];
  weightFiles: CheckpointFile["weights"];
  /** `chat` is said once the tokenizer was opened. */
  tokenizer: TokenizerFiles;
  /** Copied: name here → path there. */
  copies: Map<string, string>;
  /** Written: name → text. */
  written: Map<string, string>;
}

/** Returns the id under which it can be used. */
export async function importCheckpoint(request: ImportRequest): Promise<string> {
  const { path: chosen, name, base, store, library, dataFolder } = request;
  // Where a dialog chooses files only, a folder is chosen by a file in it.
  const path = /\.(json|safetensors)$/.test(chosen) ? dirname(chosen) : chosen;
  const id = await idFor(name ?? basename(path).replace(/\.gguf$/i, ""), name !== undefined, library);
  const folder = join(dataFolder, importedCheckpointFolder(id));
  const stats = statSync(path, { throwIfNoEntry: false });
  if (!stats)
    throw new HeadstartError({
      code: "no-such-file",
      where: path,
      message: "There is no such file or folder.",
      hint: "Choose it again: it was moved or removed.",
    });
  const isFolder = stats.isDirectory();
  const isAdapter = isFolder && existsSync(join(path, "adapter_config.json"));
  const source = isAdapter ? await adapterSource(path, base, library, folder) : isFolder ? huggingFaceSource(path) : ggufSource(path);
  const part = `${folder}.part`;
  try {
    rmSync(part, { recursive: true, force: true });
    mkdirSync(part, { recursive: true });
    // A tokenizer that does not open now would fail in each run: known before gigabytes are copied.
    const text = (file: string) => source.written.get(file) ?? readFileSync(source.copies.get(file)!, "utf8");
    const tokenizer = openTokenizer(source.tokenizer, text);
    if (tokenizer.vocabSize > source.model.vocabSize)
      throw new HeadstartError({
        code: "tokenizer-mismatch",
        where: path,
        message: `The tokenizer has ids up to ${tokenizer.vocabSize - 1}, the model's embedding has ${source.model.vocabSize} rows.`,
        hint: "Use the tokenizer that the model was trained with.",
      });
    const copied = progressOf(request, "copying", [...source.copies.values()]);
    for (const [to, from] of source.copies) await copied(from, (onBytes) => copyDurably(from, join(part, to), onBytes));
    for (const [to, content] of source.written) write(join(part, to), content);
    const sha256: Record<string, string> = {};
    const weightFiles = weightFileNames({ weights: source.weightFiles }).map((file) => join(part, file));
    const hashed = progressOf(request, "hashing", weightFiles);
    for (const path of weightFiles) await hashed(path, async (onBytes) => (sha256[basename(path)] = await sha256Of(path, onBytes)));
    const file: CheckpointFile = {
      formatVersion: 2,
      id,
      parentId: source.weightFiles.kind === "adapter" ? source.weightFiles.base : null,
      tokenizer: source.tokenizer.kind === "built-in" ? source.tokenizer : { ...source.tokenizer, chat: tokenizer.chat !== null },
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
    write(join(part, "checkpoint.json"), `${JSON.stringify(file, null, 2)}\n`);
    syncFolder(part);
    rmSync(folder, { recursive: true, force: true }); // of an import that ended before the store knew of it
    renameSync(part, folder);
    syncFolder(join(dataFolder, "checkpoints"));
  } catch (thrown) {
    rmSync(part, { recursive: true, force: true });
    throw thrown;
  } finally {
    source.weights.close();
  }
  await store.addImportedCheckpoint({
    id,
    path: importedCheckpointFolder(id),
    source: path,
    parameters: parameterCount(source.model),
    createdAt: new Date().toISOString(),
  });
  return id;
}

function huggingFaceSource(path: string): Source {
  const { config, weights, eosTokenIds, files } = openHfFolder(path);
  const has = (name: string) => (files.beside.includes(name) ? name : null);
  if (!has("tokenizer.json")) {
    weights.close();
    throw new HeadstartError({
      code: "no-tokenizer",
      where: path,
      message: "The folder has no tokenizer.json.",
      hint: "Save the tokenizer beside the model with transformers' fast tokenizer (save_pretrained).",
    });
  }
  return {
    weights,
    model: config,
    weightFiles: { kind: "safetensors", files: files.weights },
    tokenizer: {
      kind: "huggingface",
      tokenizer: "tokenizer.json",
      config: has("tokenizer_config.json"),
      specialTokens: has("special_tokens_map.json"),
      template: has("chat_template.jinja"),
      eosTokenIds,
      chat: false,
    },
    copies: new Map([...files.weights, ...files.beside].map((name) => [name, join(path, name)])),
    written: new Map(),
  };
}

/** On a base that is there: the adapter's tensors are checked against it, its tokenizer is the base's. */
async function adapterSource(path: string, base: string | undefined, library: CheckpointLibrary, folder: string): Promise<Source> {
  if (base === undefined)
    throw new HeadstartError({
      code: "no-base",
      where: path,
      message: "The folder holds a LoRA adapter, which stands on another checkpoint.",
      hint: "Say on which: import its base first, then the adapter with --base.",
    });
  const card = await library.card(base);
  const { folder: baseFolder } = await library.place(card.id);
  const { lora, weights } = openPeftFolder(path, card.file.model);
  return {
    weights,
    model: card.file.model,
    weightFiles: { kind: "adapter", base: card.id, baseFolder: relative(folder, baseFolder), lora },
    tokenizer: card.file.tokenizer,
    copies: new Map([
      ...["adapter_config.json", adapterFile].map((name): [string, string] => [name, join(path, name)]),
      ...tokenizerFileNames(card.file.tokenizer).map((name): [string, string] => [name, join(baseFolder, name)]),
    ]),
    written: new Map(),
  };
}

function ggufSource(path: string): Source {
  const gguf = openGguf(path);
  try {
    if (!gguf.tokenizer)
      throw new HeadstartError({
        code: "no-tokenizer",
        where: path,
        message: "The GGUF file holds no tokenizer.",
        hint: "Choose a file that llama.cpp's converter made from a whole model.",
      });
    const { tokenizer, config, eosTokenIds } = ggufTokenizer(gguf.tokenizer);
    return {
      weights: gguf,
      model: gguf.config,
      weightFiles: { kind: "gguf", file: "model.gguf" },
      tokenizer: {
        kind: "huggingface",
        tokenizer: "tokenizer.json",
        config: "tokenizer_config.json",
        specialTokens: null,
        template: null,
        eosTokenIds,
        chat: false,
      },
      copies: new Map([["model.gguf", path]]),
      written: new Map([
        ["tokenizer.json", JSON.stringify(tokenizer)],
        ["tokenizer_config.json", JSON.stringify(config)],
      ]),
    };
  } catch (thrown) {
    gguf.close();
    throw thrown;
  }
}

/** A name that was asked for must be free; one that was made up is counted on until it is. */
async function idFor(name: string, asked: boolean, library: CheckpointLibrary): Promise<string> {
  const slug = name
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, "-")
    .replace(/^[-._]+|[-._]+$/g, "")
    .slice(0, 64);
  const taken = new Set((await library.list()).map((card) => card.id));
  const refuse = (message: string, hint: string) => new HeadstartError({ code: "bad-name", where: `checkpoint ${name}`, message, hint });
  if (slug === "" || slug.endsWith(".part")) throw refuse("This is no name for a checkpoint.", "Use letters, digits, dots and dashes.");
  if (!taken.has(slug)) return slug;
  if (asked) throw refuse(`There is a checkpoint ${slug} already.`, "Choose another name, or remove that one first.");
  for (let i = 2; ; i++) if (!taken.has(`${slug}-${i}`)) return `${slug}-${i}`;
}

/** Goes from file to file, telling how many bytes of all of them are done. */
function progressOf({ onProgress, signal, path }: ImportRequest, activity: CheckpointImportProgress["activity"], files: string[]) {
  const sizes = new Map(files.map((file) => [file, statSync(file).size]));
  const totalBytes = [...sizes.values()].reduce((a, b) => a + b, 0);
  let before = 0;
  return async (file: string, work: (onBytes: (bytes: number) => void) => Promise<unknown>) => {
    if (signal?.aborted)
      throw new HeadstartError({ code: "cancelled", where: path, message: "The import was cancelled.", hint: "Start it again." });
    let bytes = 0;
    await work((more) => {
      bytes += more;
      onProgress?.({ activity, bytes: before + bytes, totalBytes });
    });
    before += sizes.get(file)!;
    onProgress?.({ activity, bytes: before, totalBytes });
  };
}

const lookMilliseconds = 200;

/** Shares the blocks where the file system can; where it copies them, what has grown is looked at now and then. */
async function copyDurably(from: string, to: string, onBytes: (bytes: number) => void): Promise<void> {
  let seen = 0;
  const timer = setInterval(() => {
    const size = statSync(to, { throwIfNoEntry: false })?.size ?? 0;
    onBytes(size - seen);
    seen = size;
  }, lookMilliseconds);
  try {
    await copyFile(from, to, constants.COPYFILE_FICLONE);
  } finally {
    clearInterval(timer);
  }
  const file = await open(to, "r+");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

function write(path: string, text: string): void {
  writeAside(path, (append) => append(new TextEncoder().encode(text)));
}

/** The commonest first, by values. */
function dtypesOf(weights: WeightFile): string[] {
  const values = new Map<string, number>();
  for (const name of weights.names()) {
    const size = weights.shape(name).reduce((a, b) => a * b, 1);
    values.set(weights.dtype(name), (values.get(weights.dtype(name)) ?? 0) + size);
  }
  return [...values].sort((a, b) => b[1] - a[1]).map(([dtype]) => dtype);
}
