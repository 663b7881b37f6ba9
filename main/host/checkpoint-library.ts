// All checkpoints by id: shipped with the app, imported, or left by a training stage.
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { type CheckpointCard, type CheckpointFile, type CheckpointPlace, HeadstartError, parameterCount } from "../contract/index.ts";
import { readCheckpointFile, weightBytes } from "../formats/checkpoint-folder.ts";
import type { StoreClient } from "../store/client.ts";
import { openTokenizer } from "../tokenizer/open-tokenizer.ts";
import type { Tokenizer } from "../tokenizer/tokenizer.ts";

export interface LibraryParts {
  store: StoreClient;
  dataFolder: string;
  resourcesFolder: string;
}

export class CheckpointLibrary {
  readonly #parts: LibraryParts;

  constructor(parts: LibraryParts) {
    this.#parts = parts;
  }

  /** Shipped ones first, then imported and trained ones, each newest first. Folders that cannot be read are left out. */
  async list(): Promise<CheckpointCard[]> {
    const { store, dataFolder, resourcesFolder } = this.#parts;
    const [imported, trained] = await Promise.all([store.importedCheckpoints(), store.trainedCheckpoints()]);
    const shipped = existsSync(resourcesFolder)
      ? readdirSync(resourcesFolder).filter((name) => existsSync(join(resourcesFolder, name, "checkpoint.json")))
      : [];
    return [
      ...shipped.map((id) => {
        const folder = join(resourcesFolder, id);
        return cardOf("shipped", folder, { source: null, studyId: null, createdAt: statSync(folder).mtime.toISOString() });
      }),
      ...imported.map(({ path, source, createdAt }) => cardOf("imported", join(dataFolder, path), { source, studyId: null, createdAt })),
      ...trained.map(({ path, studyId, createdAt }) => cardOf("trained", join(dataFolder, path), { source: null, studyId, createdAt })),
    ].flatMap((card) => card ?? []);
  }

  /** Throws for what no checkpoint is called. */
  async card(id: string): Promise<CheckpointCard> {
    const cards = await this.list();
    const found = cards.find((card) => card.id === id);
    if (found) return found;
    const close = cards.filter((card) => card.id.startsWith(id) || card.id.includes(id)).map((card) => card.id);
    throw new HeadstartError({
      code: "unknown-checkpoint",
      where: `checkpoint ${id}`,
      message: `No checkpoint is called ${id}.`,
      hint: close.length > 0 ? `Perhaps ${close.slice(0, 3).join(" or ")}.` : "headstart checkpoints lists those that are there.",
    });
  }

  async tokenizer(id: string): Promise<Tokenizer> {
    const { folder } = await this.place((await this.card(id)).id);
    return openTokenizer(readCheckpointFile(folder).tokenizer, (name) => readFileSync(join(folder, name), "utf8"));
  }

  /** Where it lies. What is neither imported nor trained is looked for among the shipped ones. */
  async place(id: string): Promise<CheckpointPlace> {
    const { store, dataFolder, resourcesFolder } = this.#parts;
    const known = [...(await store.importedCheckpoints()), ...(await store.trainedCheckpoints())].find((row) => row.id === id);
    return { id, folder: known ? join(dataFolder, known.path) : join(resourcesFolder, id) };
  }
}

function cardOf(
  kind: CheckpointCard["kind"],
  folder: string,
  about: Pick<CheckpointCard, "source" | "studyId" | "createdAt">,
): CheckpointCard | null {
  let file: CheckpointFile;
  try {
    file = readCheckpointFile(folder);
  } catch {
    return null; // opening it says what is wrong
  }
  return { id: file.id, kind, file, parameters: parameterCount(file.model), bytes: weightBytes(folder, file), ...about };
}
