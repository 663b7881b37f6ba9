// Bounds on memory: what is more waits, or is done in parts. None changes a number that comes out.

/** Logits of a large vocabulary that are in memory at once while training, bytes. */
export const logitBytes = 128 * 2 ** 20;

/** Rows that decode at once, bytes of their keys and values, and tokens of prompts taken in at each step: enough for full speed. */
export const generationLimits = { rows: 512, cacheBytes: 2 ** 30, promptTokens: 256 };

/** Of a micro-batch of an RL update: tokens, and bytes of their activations. */
export const updateLimits = { tokens: 16_384, activationBytes: 2 ** 30 };
