import { mkdirSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openStore } from "./client.ts";
import { crc32 } from "./crc32.ts";
import { entry, removeFolder, rolloutsEvent, studyWithData, temporaryFolder } from "./fixture.ts";
import { encode } from "./token-files.ts";

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => removeFolder(folder));

const file = () => join(folder, "studies/s1/tokens/s1-1.bin");

/** Two steps stored, the store closed: what `damage` does to the file is found when it opens again. */
async function storedThen<T>(damage: () => void, read: (store: Awaited<ReturnType<typeof openStore>>) => Promise<T>): Promise<T> {
  const first = await openStore({ dataFolder: folder, entry });
  const { rl } = await studyWithData(first);
  await first.ingest(rl, [rolloutsEvent(1), rolloutsEvent(2)]);
  await first.close();
  damage();
  const store = await openStore({ dataFolder: folder, entry });
  try {
    return await read(store);
  } finally {
    await store.close();
  }
}

test("crc32 is the standard one", () => {
  expect(crc32(new TextEncoder().encode("123456789"))).toBe(0xcbf43926);
  expect(crc32(new Uint8Array())).toBe(0);
});

test("a record is ids, log-probs, entropies, little-endian, one rollout after the other", () => {
  const { bytes, records } = encode(
    {
      ids: Int32Array.of(1, 258, 3),
      logprobs: Float32Array.of(-1, -2, -3),
      entropies: Float32Array.of(0.5, 1, 2),
      lengths: Int32Array.of(2, 1),
    },
    100,
  );
  const view = new DataView(bytes.buffer);
  expect(records.map((r) => r.offset)).toEqual([100, 124]);
  expect([view.getInt32(0, true), view.getInt32(4, true), view.getFloat32(8, true), view.getFloat32(16, true)]).toEqual([1, 258, -1, 0.5]);
  expect([view.getInt32(24, true), view.getFloat32(28, true), view.getFloat32(32, true)]).toEqual([3, -3, 2]);
});

test("token arrays come back as they went in", async () => {
  const [rows, tokens] = await storedThen(
    () => {},
    async (store) => {
      const { rows } = await store.rollouts({ stageId: "s1-1", step: 2, offset: 0, limit: 10 });
      return [rows, await Promise.all(rows.map((row) => store.rolloutTokens(row.id)))] as const;
    },
  );
  const sent = rolloutsEvent(2).tokens;
  let at = 0;
  rows.forEach((row, i) => {
    expect(tokens[i]).toEqual({
      ids: sent.ids.slice(at, at + row.tokens),
      logprobs: sent.logprobs.slice(at, at + row.tokens),
      entropies: sent.entropies.slice(at, at + row.tokens),
    });
    at += row.tokens;
  });
  expect(at).toBe(sent.ids.length);
});

test("a tail that was never committed is cut on opening, and the next batch follows the last committed one", async () => {
  let committed = 0;
  await storedThen(
    () => {
      committed = statSync(file()).size;
      writeFileSync(file(), "half a record that was never committed", { flag: "a" });
    },
    async (store) => {
      expect(statSync(file()).size).toBe(committed);
      await store.ingest("s1-1", [rolloutsEvent(3)]);
      const { rows } = await store.rollouts({ stageId: "s1-1", step: 3, offset: 0, limit: 1 });
      expect([...(await store.rolloutTokens(rows[0].id)).ids]).toEqual([...rolloutsEvent(3).tokens.ids.slice(0, rows[0].tokens)]);
    },
  );
});

test("a flipped byte is named as damage, in that rollout only", async () => {
  const flip = () => {
    const bytes = readFileSync(file());
    bytes[5] ^= 1;
    writeFileSync(file(), bytes);
  };
  await storedThen(flip, async (store) => {
    const { rows } = await store.rollouts({ stageId: "s1-1", step: 1, offset: 0, limit: 2 });
    await expect(store.rolloutTokens(rows[0].id)).rejects.toMatchObject({ code: "token-file-damaged", message: /checksum/, where: file() });
    expect((await store.rolloutTokens(rows[1].id)).ids.length).toBe(rows[1].tokens);
  });
});

test("a file that lost its end, or is gone, is named as damage; texts stay readable and new steps can be stored", async () => {
  await storedThen(
    () => truncateSync(file(), 30),
    async (store) => {
      const { rows } = await store.rollouts({ stageId: "s1-1", step: 2, offset: 0, limit: 1 });
      expect(rows[0].text).toContain("step 2");
      await expect(store.rolloutTokens(rows[0].id)).rejects.toMatchObject({ code: "token-file-damaged", message: /ends before/ });
      await store.ingest("s1-1", [rolloutsEvent(3)]);
      const [third] = (await store.rollouts({ stageId: "s1-1", step: 3, offset: 0, limit: 1 })).rows;
      expect((await store.rolloutTokens(third.id)).ids.length).toBe(third.tokens);
      await expect(store.rolloutTokens(rows[0].id)).rejects.toMatchObject({ code: "token-file-damaged", message: /checksum/ });
      removeFolder(dirname(file()));
      mkdirSync(dirname(file()));
      await expect(store.rolloutTokens(third.id)).rejects.toMatchObject({ code: "token-file-damaged", message: /missing/ });
    },
  );
});
