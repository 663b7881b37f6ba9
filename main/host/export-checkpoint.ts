// Writes a checkpoint for other programs: transformers, llama.cpp, PEFT. The weights are put together on the training thread.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { ExportInput } from "../contract/index.ts";
import type { Host } from "./host.ts";

/** Returns the folder or file that was written. */
export async function exportCheckpoint(host: Host, input: ExportInput): Promise<{ path: string; bytes: number }> {
  const { id } = await host.checkpoints.card(input.checkpoint);
  const checkpoint = await host.checkpoints.place(id);
  const folder = input.handle === undefined ? join(host.dataFolder, "exports") : host.files.pathOf(input.handle);
  mkdirSync(folder, { recursive: true });
  const { format, dtype, merge } = input;
  return (await host.ask({ kind: "export", checkpoint, format, dtype, merge, folder })) as { path: string; bytes: number };
}
