// A GGUF file as a checkpoint: its header is read and checked whole, its tensors are decoded one at a time, under Hugging
// Face's names and in Hugging Face's order of rows.
import type { GgufTokenizerMetadata } from "../contract/gguf-tokenizer.ts";
import type { ModelConfig } from "../contract/recipe.ts";
import { checkTensors } from "./check-tensors.ts";
import { FileReader } from "./file-reader.ts";
import { brokenFile, unsupported } from "./format-errors.ts";
import { ggufConfig } from "./gguf-config.ts";
import { type GgufTensor, readGgufHeader, shownValue } from "./gguf-header.ts";
import { hasPairedRows, hfName, pairsToHalves } from "./gguf-names.ts";
import { ggufTokenizer } from "./gguf-tokenizer.ts";
import { tensorEntry, type WeightFile } from "./weight-file.ts";

/** Bytes decoded at once: a read's only memory beside its result. Rounded down to whole blocks. */
const chunkBytes = 4 << 20;

export class Gguf implements WeightFile {
  readonly config: ModelConfig;
  readonly tokenizer: GgufTokenizerMetadata | null;
  /** Any of them ends a response. */
  readonly eosTokenIds: number[];
  private readonly file: FileReader;
  /** By Hugging Face's names. */
  private readonly tensors: ReadonlyMap<string, GgufTensor>;

  constructor(file: FileReader) {
    const where = file.path;
    const { metadata, tensors } = readGgufHeader(file);
    const type = metadata.get("general.type") ?? "model";
    if (type !== "model")
      throw unsupported(where, `The GGUF file holds a part of type ${shownValue(type)}, not a model.`, "Choose the model's own file.");
    if (Number(metadata.get("split.count") ?? 1) > 1)
      throw unsupported(where, "The GGUF file is one of several parts.", "Merge them with llama.cpp's llama-gguf-split --merge.");
    this.file = file;
    const ropeFactors = tensors.find(({ name }) => name === "rope_freqs.weight");
    this.tensors = new Map(
      tensors
        .filter((tensor) => tensor !== ropeFactors)
        .map((tensor) => {
          const name = hfName(tensor.name);
          if (!name)
            throw unsupported(where, `Tensor ${tensor.name} has no place in a Llama, Qwen2 or Qwen3 model.`, "Use a file of such a model.");
          return [name, tensor];
        }),
    );
    const embedding = this.tensors.get("model.embed_tokens.weight");
    if (embedding?.shape.length !== 2 || embedding.size === 0)
      throw brokenFile("broken-gguf", where, "It has no tensor token_embd.weight that is a matrix.");
    if (ropeFactors && ropeFactors.size > 1 << 14)
      throw brokenFile("broken-gguf", where, `Tensor rope_freqs.weight has ${ropeFactors.size} values.`);
    this.config = ggufConfig(metadata, {
      where,
      vocabSize: embedding.shape[0],
      tied: !this.tensors.has("lm_head.weight"),
      ropeFactors: ropeFactors ? decode(file, ropeFactors) : null,
    });
    checkTensors(this.config, this, where);
    this.tokenizer = ggufTokenizer(metadata, where);
    const ends = [this.tokenizer?.eosTokenId, this.tokenizer?.eotTokenId].filter((id): id is number => typeof id === "number");
    this.eosTokenIds = [...new Set(ends)];
  }

  names(): string[] {
    return [...this.tensors.keys()];
  }

  has(name: string): boolean {
    return this.tensors.has(name);
  }

  shape(name: string): number[] {
    return tensorEntry(this.tensors, name, this.file.path).shape;
  }

  dtype(name: string): string {
    return tensorEntry(this.tensors, name, this.file.path).type.name;
  }

  read(name: string): Float32Array {
    const tensor = tensorEntry(this.tensors, name, this.file.path);
    const values = decode(this.file, tensor);
    if (hasPairedRows(name, this.config.architecture)) pairsToHalves(values, this.config.headDim, tensor.shape[1]);
    return values;
  }

  close(): void {
    this.file.close();
  }
}

/** Opens a file, reading its header only. */
export function openGguf(path: string): Gguf {
  const file = new FileReader(path);
  try {
    return new Gguf(file);
  } catch (thrown) {
    file.close();
    throw thrown;
  }
}

function decode(file: FileReader, { type, size, at, bytes }: GgufTensor): Float32Array {
  const values = new Float32Array(size);
  const blocks = Math.floor(chunkBytes / type.blockBytes);
  const chunk = new Uint8Array(Math.min(bytes, blocks * type.blockBytes));
  for (let from = 0; from < bytes; from += chunk.length) {
    const part = chunk.subarray(0, Math.min(chunk.length, bytes - from));
    file.fill(part, at + from);
    const first = (from / type.blockBytes) * type.blockValues;
    type.decode(part, values.subarray(first, first + (part.length / type.blockBytes) * type.blockValues));
  }
  return values;
}
