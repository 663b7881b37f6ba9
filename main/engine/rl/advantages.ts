// Group-normalised advantages of GRPO (Shao et al. 2024; AceReason-Nemotron 1.1 §4): every token of response i of a group
// gets (reward_i − mean) / (std + ε). Sample std and ε = 1e-6 are ours: the paper prints neither.

export interface AdvantageOptions {
  /** Divide by the group's std; off is Dr. GRPO (Liu et al. 2025). */
  std: boolean;
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
  const variance = counted.reduce((sum, reward) => sum + (reward - mean) ** 2, 0) / Math.max(1, counted.length - 1);
  const scale = options.std ? 1 / (Math.sqrt(variance) + epsilon) : 1;
  const advantages = rewards.map((reward, i) => (inLoss[i] && counted.length > 1 ? (reward - mean) * scale : 0));
  return { advantages, inLoss, zeroVariance: variance === 0 };
}
