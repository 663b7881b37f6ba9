// Three suites: the import rule, the units, and what loads TensorFlow (each file in a process of its own, one at a time, because
// one process has one backend and TensorFlow takes every core).
import { defineConfig } from "vitest/config";

const engine = [
  "main/engine/**/*.test.ts",
  "main/worker/**/*.test.ts",
  "main/host/interrupted-study.test.ts",
  "main/host/checkpoint-study.test.ts",
  "main/host/every-study.test.ts",
];
const importRule = "main/import-rule.test.ts";

export default defineConfig({
  test: {
    projects: [
      { test: { name: "imports", include: [importRule] } },
      {
        test: {
          name: "units",
          testTimeout: 20_000,
          include: ["main/**/*.test.{ts,mjs}", "renderer/**/*.test.{ts,tsx}"],
          exclude: [...engine, importRule],
        },
      },
      {
        test: {
          name: "engine",
          include: engine,
          pool: "forks",
          fileParallelism: false,
          testTimeout: 60_000,
          env: { TF_CPP_MIN_LOG_LEVEL: "2" },
        },
      },
    ],
  },
});
