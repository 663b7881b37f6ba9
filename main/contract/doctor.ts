// What `headstart doctor` and Settings say about this machine.
import { z } from "zod";
import { codeBoundary } from "./code-tests.ts";

export const doctorReport = z.object({
  headstart: z.object({ version: z.string(), dataFolder: z.string() }),
  machine: z.object({
    platform: z.string(),
    cpu: z.string(),
    cores: z.number().int(),
    memoryBytes: z.number(),
    avx: z.array(z.string()),
    glibc: z.string().nullable(),
  }),
  runtime: z.object({
    kind: z.enum(["electron", "node"]),
    node: z.string(),
    electron: z.string().nullable(),
    chromium: z.string().nullable(),
  }),
  engine: z.object({
    backend: z.string().meta({ description: "cpu or cuda" }),
    tensorflow: z.string(),
    tfjs: z.string(),
    gpu: z.string().nullable(),
    whyNoGpu: z.string().nullable(),
    threads: z.number().int(),
    fusedKernels: z.array(z.string()),
    matmulGflops: z.number().meta({ description: "Measured now: 1024³ F32, best of 10" }),
  }),
  verifiers: z.object({ code: codeBoundary }),
  store: z.object({
    sqlite: z.string(),
    schemaVersion: z.number().int(),
    bytes: z.number(),
    studies: z.number().int(),
    rollouts: z.number().int(),
  }),
});
export type DoctorReport = z.infer<typeof doctorReport>;
