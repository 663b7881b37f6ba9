import { describe, expect, test } from "vitest";
import type { GenerateEvent } from "../../main/contract/checkpoint.ts";
import { emptyDraft, inputOf, type SamplingRun, takeGenerateEvent } from "./sampling.ts";

describe("what is sampled", () => {
  test("a prompt as it is, or the turns that say something", () => {
    const draft = emptyDraft(true);
    expect(inputOf("c", draft)).toBeNull();
    expect(
      inputOf("c", {
        ...draft,
        turns: [
          { role: "system", content: "" },
          { role: "user", content: "Hi" },
        ],
      }),
    ).toEqual({
      checkpoint: "c",
      messages: [{ role: "user", content: "Hi" }],
      temperature: 0.6,
      topP: 0.95,
      maxTokens: 256,
      n: 1,
      seed: 1,
      stop: [],
    });
    expect(inputOf("c", { ...draft, turns: [{ role: "system", content: "Be brief." }] })).toBeNull();
    expect(inputOf("c", { ...draft, mode: "prompt", prompt: " 2+2=" })).toMatchObject({ prompt: " 2+2=" });
  });
  test("text grows sample by sample; a finished sample is what the engine says", () => {
    let run: SamplingRun = {
      status: "running",
      prompt: null,
      samples: [
        { text: "", result: null },
        { text: "", result: null },
      ],
      error: null,
      startedAt: 1000,
      seconds: 0,
    };
    const result = { text: "4.", tokens: 3, finishReason: "stop" as const, meanLogprob: -0.1, meanEntropy: 0.2 };
    const events: GenerateEvent[] = [
      { type: "prompt", text: "<s>2+2=", tokens: 5 },
      { type: "text", sample: 1, text: "4" },
      { type: "text", sample: 0, text: "fi" },
      { type: "text", sample: 0, text: "ve" },
      { type: "finished", sample: 1, result },
    ];
    for (const event of events) run = takeGenerateEvent(run, event, 3500);
    expect(run.prompt).toEqual({ text: "<s>2+2=", tokens: 5 });
    expect(run.samples).toEqual([
      { text: "five", result: null },
      { text: "4.", result },
    ]);
    expect(run.seconds).toBe(2.5);
  });
});
