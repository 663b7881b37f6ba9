import fc from "fast-check";
import { expect, test } from "vitest";
import { PagePool, pagesFor } from "./pages.ts";

test("a page has a user from take to the last release, and is never given twice meanwhile", () => {
  const command = fc.record({ kind: fc.constantFrom("take", "share", "release"), at: fc.nat(), count: fc.integer({ min: 1, max: 4 }) });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 12 }), fc.array(command, { maxLength: 60 }), (size, commands) => {
      const pool = new PagePool(size);
      const owners: number[][] = [];
      for (const { kind, at, count } of commands) {
        const owner = owners[at % Math.max(1, owners.length)];
        if (kind === "take") {
          const pages = Array.from({ length: count }, () => pool.take()).filter((page) => page !== null);
          for (const page of pages) expect(owners.flat()).not.toContain(page);
          owners.push(pages);
        } else if (owner && kind === "share") owners.push(pool.share(owner));
        else if (owner) pool.release(owners.splice(owners.indexOf(owner), 1)[0]);
        const used = new Set(owners.flat());
        expect(pool.free).toBe(size - used.size);
        for (const page of used) expect(pool.isShared(page)).toBe(owners.flat().filter((other) => other === page).length > 1);
      }
    }),
  );
});

test("a page is begun when the one before is full", () => {
  expect([0, 1, 64, 65, 128].map(pagesFor)).toEqual([0, 1, 1, 2, 2]);
});
