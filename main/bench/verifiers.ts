// How long the verifiers take for 1,024 responses on this machine's cores, beside the paper's figures for 64 workers
// (AceReason-Nemotron 1.0, arXiv 2505.16400). Of the math verifier: the audit's pairs, over and over, most of them plain numbers as in RL.
import { availableParallelism } from "node:os";
import { createMathVerifier } from "../verifiers/math/verifier.ts";
import { timeCodeVerifier } from "./code-verifier.ts";
import { auditPairs, halves } from "./math-audit.ts";
import type { VerifierTiming } from "./report.ts";

const responses = 1024;

export async function measureVerifiers(rounds: number): Promise<VerifierTiming[]> {
  return [await measureMath(rounds), await measureCode(rounds)];
}

async function measureCode(rounds: number): Promise<VerifierTiming> {
  const workers = availableParallelism();
  const seconds = await timeCodeVerifier({ responses, workers, rounds });
  return { name: "code", responses, workers, seconds, paper: { seconds: 552.4, workers: 64 } };
}

async function measureMath(rounds: number): Promise<VerifierTiming> {
  const workers = availableParallelism();
  const pairs = halves.flatMap(auditPairs);
  const verifier = createMathVerifier({ entry: new URL("../verifiers/math/thread.ts", import.meta.url), threads: workers });
  const seconds: number[] = [];
  try {
    // The first round starts the threads and is not counted.
    for (let round = 0; round <= rounds; round++) {
      const started = performance.now();
      await Promise.all(
        Array.from({ length: responses }, (_, i) => {
          const { response, answer, rule } = pairs[i % pairs.length];
          return verifier.verify(response, answer, rule);
        }),
      );
      seconds.push((performance.now() - started) / 1000);
    }
  } finally {
    await verifier.close();
  }
  return { name: "math", responses, workers, seconds: seconds.slice(1), paper: { seconds: 3.9, workers: 64 } };
}
