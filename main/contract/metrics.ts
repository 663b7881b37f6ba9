// Every metric a run can report: name, unit, one line. Plots, tables, hover texts and docs read it from here.

export interface MetricInfo {
  label: string;
  /** Shown on axes. "share" is stored as 0..1 and shown as percent. */
  unit: "nats" | "share" | "tokens" | "steps" | "seconds" | "tokens/s" | "";
  description: string;
}

export const metrics = {
  loss: { label: "SFT loss", unit: "nats", description: "Mean cross-entropy over response tokens of the batch" },
  devLoss: { label: "Dev loss", unit: "nats", description: "Mean cross-entropy over response tokens of dev problems" },
  learningRate: { label: "Learning rate", unit: "", description: "Rate used for this update" },
  gradNorm: { label: "Gradient norm", unit: "", description: "Global L2 norm before clipping" },
  tokens: { label: "Tokens", unit: "tokens", description: "Tokens trained on (SFT) or generated (RL) so far in this stage" },
  tokensPerSecond: { label: "Speed", unit: "tokens/s", description: "Tokens of this step per second" },
  reward: { label: "Training reward", unit: "share", description: "Mean reward of the step's rollouts, truncated ones as 0" },
  rewardTrue: { label: "Reward before noise", unit: "share", description: "Mean reward before errors were injected into the verifier" },
  entropy: {
    label: "Entropy at T",
    unit: "nats",
    description: "Mean over all generated tokens of the entropy of softmax(logits / T), T the sampling temperature",
  },
  temperature: { label: "Sampling temperature", unit: "", description: "T of the rollouts; log-probs in the loss use the same" },
  truncated: { label: "Truncated", unit: "share", description: "Share of rollouts cut at the response budget" },
  unparseable: { label: "Unparseable", unit: "share", description: "Share of rollouts that ended without a readable answer" },
  responseTokens: { label: "Response length", unit: "tokens", description: "Mean generated tokens per rollout" },
  responseTokensRight: {
    label: "Length of right responses",
    unit: "tokens",
    description: "Mean generated tokens of rollouts with reward 1",
  },
  zeroVariance: {
    label: "Zero-variance groups",
    unit: "share",
    description: "Share of groups whose rewards are all equal: they carry no gradient",
  },
  policyLoss: { label: "Policy loss", unit: "", description: "The surrogate that is minimised; its value means little on-policy" },
  clipped: { label: "Clipped", unit: "share", description: "Share of tokens whose ratio was clipped (several updates a batch only)" },
  kl: { label: "KL to the start", unit: "nats", description: "Mean per-token KL estimate to the reference policy" },
  logprobMismatch: {
    label: "Log-prob mismatch",
    unit: "nats",
    description: "Largest difference between decoding and training log-probs of the same token",
  },
  secondsGenerate: { label: "Generation time", unit: "seconds", description: "Time spent sampling rollouts in this step" },
  secondsVerify: { label: "Verification time", unit: "seconds", description: "Time spent on rewards in this step" },
  secondsUpdate: { label: "Update time", unit: "seconds", description: "Time spent on the gradient and the optimiser in this step" },
} as const satisfies Record<string, MetricInfo>;

export type MetricName = keyof typeof metrics;
export const metricNames = Object.keys(metrics) as MetricName[];
