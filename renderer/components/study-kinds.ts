// The kinds of study in words: what each is called and which question it answers.
import type { StudyKind } from "../../main/contract/study.ts";

export const kinds: Record<StudyKind, { label: string; question: string }> = {
  "weak-vs-strong": { label: "Weak against strong", question: "Does RL narrow the gap between a weak and a strong start?" },
  ladder: { label: "Data ladder", question: "What does SFT gain more from: prompts, or responses a prompt?" },
  epochs: { label: "Epochs", question: "After how many epochs of SFT should RL begin?" },
  temperature: { label: "Temperature", question: "At which sampling temperature does RL gain most?" },
  overlong: { label: "Over-long laboratory", question: "Does filtering truncated rollouts help, and at which budget?" },
  "verifier-noise": { label: "Verifier noise", question: "What do rewards that are wrong at a known rate cost?" },
  rl: { label: "RL", question: "What do stages of RL make of one checkpoint?" },
  evaluation: { label: "Evaluation", question: "How does one checkpoint score on a dataset?" },
  sft: { label: "SFT", question: "What does fine-tuning on a dataset make of one checkpoint?" },
};

export const kindOrder = Object.keys(kinds) as StudyKind[];
export const isKind = (key: string | null): key is StudyKind => key !== null && key in kinds;
