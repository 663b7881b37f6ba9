import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryStore } from "./fixture.ts";

test("an imported checkpoint is listed, comes once, lies in its folder, and goes with it", async () => {
  const { store, folder, remove } = await temporaryStore();
  try {
    const card = { id: "smollm2", path: "checkpoints/smollm2", source: "/models/smollm2.gguf", parameters: 134_515_008, createdAt: "2026-01-01T00:00:00.000Z" }; // biome-ignore format: one record
    mkdirSync(join(folder, card.path), { recursive: true });
    await store.addImportedCheckpoint(card);
    await expect(store.addImportedCheckpoint(card)).rejects.toMatchObject({ code: "already-stored" });
    await expect(store.addImportedCheckpoint({ ...card, id: "other", path: "../outside" })).rejects.toMatchObject({
      code: "invalid-event",
    });
    expect(await store.importedCheckpoints()).toEqual([card]);
    await store.removeImportedCheckpoint("smollm2");
    expect(await store.importedCheckpoints()).toEqual([]);
    expect(existsSync(join(folder, card.path))).toBe(false);
    await expect(store.removeImportedCheckpoint("smollm2")).rejects.toMatchObject({ code: "unknown-checkpoint" });
  } finally {
    await remove();
  }
});
