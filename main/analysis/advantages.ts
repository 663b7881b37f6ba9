// Group-normalised advantages of GRPO (Shao et al. 2024; AceReason-Nemotron 1.1 §4): every token of response i of a group
// gets (reward_i − mean) / (std + ε). Sample std and ε = 1e-6 are ours: the paper prints neither. Beside them the weight of each of
// its tokens in the loss: weight · advantage is the coefficient of a token's log-prob gradient. Training and replay share both.

export interface AdvantageOptions {
  /** Divide by the group's std: the sample's (n − 1), or "population" (n); off is Dr. GRPO (Liu et al. 2025). */
  std: boolean | "population";
  /** Truncated responses take no part in the loss. */
  overlongFilter: boolean;
  /** Whether filtered responses still count in the group's mean and std. */
  overlongInGroupStats: boolean;
}

export interface GroupAdvantages {
  advantages: number[];
  /** False: out of the loss, whatever its advantage. */
  inLoss: boolean[];
  /** All rewards that count are equal: the group carries no gradient. It still counts in the token mean. */
  zeroVariance: boolean;
}

const epsilon = 1e-6;

/** One group: rewards and whether each response was truncated. */
export function groupAdvantages(rewards: number[], truncated: boolean[], options: AdvantageOptions): GroupAdvantages {
  const inLoss = truncated.map((cut) => !(options.overlongFilter && cut));
  const counted = rewards.filter((_, i) => inLoss[i] || options.overlongInGroupStats);
  const mean = counted.reduce((a, b) => a + b, 0) / Math.max(1, counted.length);
  const degrees = options.std === "population" ? counted.length : counted.length - 1;
  const variance = counted.reduce((sum, reward) => sum + (reward - mean) ** 2, 0) / Math.max(1, degrees);
  const scale = options.std ? 1 / (Math.sqrt(variance) + epsilon) : 1;
  const advantages = rewards.map((reward, i) => (inLoss[i] && counted.length > 1 ? (reward - mean) * scale : 0));
  return { advantages, inLoss, zeroVariance: variance === 0 };
}

/** Weights of the trained tokens from each response's length and whether it is in the loss. Filtered responses do not count. */
export function tokenWeights(lengths: number[], inLoss: boolean[], aggregation: "token-mean" | "sequence-mean"): number[] {
  const responses = inLoss.filter(Boolean).length;
  const tokens = lengths.reduce((sum, length, i) => sum + (inLoss[i] ? length : 0), 0);
  return lengths.map((length, i) => {
    if (!inLoss[i]) return 0;
    return aggregation === "token-mean" ? 1 / tokens : 1 / (responses * length);
  });
}
