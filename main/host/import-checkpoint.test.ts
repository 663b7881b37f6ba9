import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import type { CheckpointImportProgress } from "../contract/index.ts";
import { importCheckpoint } from "./import-checkpoint.ts";
import { openHost, temporaryFolder } from "./testing/open-host.ts";

const saved = (name: string) => fileURLToPath(new URL(`../engine/reference/checkpoints/${name}`, import.meta.url));

async function importing(path: string, name?: string) {
  const { host, dataFolder } = await openHost();
  const { store, checkpoints: library } = host;
  const again = (other: string, otherName?: string) => importCheckpoint({ path: other, name: otherName, store, library, dataFolder });
  return { id: await again(path, name), host, dataFolder, again };
}

test.each(["tiny-llama", "tiny-qwen2", "tiny-qwen3"])(
  "%s as transformers saves it: its files as they were, its tokenizer, its card",
  async (name) => {
    const { id, host, dataFolder } = await importing(saved(name));
    expect(id).toBe(name);
    const card = await host.checkpoints.card(id);
    expect(card).toMatchObject({ kind: "imported", source: saved(name), file: { tokenizer: { chat: true }, trainer: null } });
    for (const file of Object.keys(card.file.sha256))
      expect(readFileSync(join(dataFolder, "checkpoints", id, file))).toEqual(readFileSync(join(saved(name), file)));
    const tokenizer = await host.checkpoints.tokenizer(id);
    expect(tokenizer.decode(tokenizer.encode("1+1=2"))).toBe("1+1=2");
  },
);

test("a folder may be chosen by a file in it; a name that was asked for must be free, a made-up one is counted on", async () => {
  const { host, again } = await importing(join(saved("tiny-llama"), "config.json"), "Mine");
  expect((await host.checkpoints.list()).flatMap(({ kind, id }) => (kind === "imported" ? id : []))).toEqual(["mine"]);
  await expect(again(saved("tiny-llama"), "mine")).rejects.toMatchObject({ code: "bad-name" });
  expect(await again(saved("tiny-llama"))).toBe("tiny-llama");
  expect(await again(saved("tiny-llama"))).toBe("tiny-llama-2");
  await expect(again(saved("tiny-llama"), "../..")).rejects.toMatchObject({ code: "bad-name" });
});

test("it tells how far it is, over all its files; cancelled before a file, it leaves nothing", async () => {
  const { host, dataFolder } = await openHost();
  const { store, checkpoints: library } = host;
  const told: CheckpointImportProgress[] = [];
  const request = { path: saved("tiny-qwen2"), store, library, dataFolder };
  await importCheckpoint({ ...request, onProgress: (progress) => told.push(progress) });
  const last = (activity: string) => told.filter((progress) => progress.activity === activity).pop()!;
  expect(last("copying").bytes).toBe(last("copying").totalBytes);
  expect(last("hashing").bytes).toBe((await library.card("tiny-qwen2")).bytes);
  const controller = new AbortController();
  const cancelled = importCheckpoint({ ...request, onProgress: () => controller.abort(), signal: controller.signal });
  await expect(cancelled).rejects.toMatchObject({ code: "cancelled" });
  expect(existsSync(join(dataFolder, "checkpoints", "tiny-qwen2-2.part"))).toBe(false);
  expect((await library.list()).flatMap(({ kind, id }) => (kind === "imported" ? id : []))).toEqual(["tiny-qwen2"]);
});

test("what cannot be opened is refused and leaves nothing", async () => {
  const { host, dataFolder, again } = await importing(saved("tiny-llama"), "whole");
  const copy = join(temporaryFolder(), "broken");
  const broken = (change: () => void) => {
    rmSync(copy, { recursive: true, force: true });
    cpSync(saved("tiny-llama"), copy, { recursive: true });
    change();
    return again(copy);
  };
  await expect(broken(() => rmSync(join(copy, "tokenizer.json")))).rejects.toMatchObject({ code: "no-tokenizer" });
  await expect(broken(() => writeFileSync(join(copy, "tokenizer.json"), "{"))).rejects.toMatchObject({ code: "broken-tokenizer" });
  const weights = readFileSync(join(copy, "model.safetensors"));
  await expect(broken(() => writeFileSync(join(copy, "model.safetensors"), weights.subarray(0, -8)))).rejects.toMatchObject({ code: "broken-safetensors" }); // biome-ignore format: one thought
  await expect(again(join(copy, "nothing"))).rejects.toMatchObject({ code: "no-such-file" });
  expect((await host.checkpoints.list()).flatMap(({ kind, id }) => (kind === "imported" ? id : []))).toEqual(["whole"]);
  expect(existsSync(join(dataFolder, "checkpoints", "broken.part"))).toBe(false);
  expect(existsSync(join(dataFolder, "checkpoints", "broken"))).toBe(false);
});

test("an import that ended before the store knew of it is done again", async () => {
  const { host, dataFolder, again } = await importing(saved("tiny-llama"), "first");
  mkdirSync(join(dataFolder, "checkpoints", "tiny-qwen2"));
  writeFileSync(join(dataFolder, "checkpoints", "tiny-qwen2", "rest"), "");
  expect(await again(saved("tiny-qwen2"))).toBe("tiny-qwen2");
  expect(existsSync(join(dataFolder, "checkpoints", "tiny-qwen2", "rest"))).toBe(false);
  await host.store.removeImportedCheckpoint("tiny-qwen2");
  await expect(host.checkpoints.card("tiny-qwen2")).rejects.toMatchObject({ code: "unknown-checkpoint" });
});

test("a LoRA adapter stands on a base that is there", async () => {
  const { host, again } = await importing(saved("tiny-qwen2"), "base");
  const folder = fileURLToPath(new URL("../formats/reference/tiny-adapter", import.meta.url));
  await expect(again(folder)).rejects.toMatchObject({ code: "no-base" });
  const { store, checkpoints: library, dataFolder } = host;
  const id = await importCheckpoint({ path: folder, base: "base", name: "tuned", store, library, dataFolder });
  const { file } = await host.checkpoints.card(id);
  expect(file).toMatchObject({ parentId: "base", weights: { kind: "adapter", base: "base", baseFolder: "../base" } });
});
