// A published number as a reference line: what it is, where it stands, and how far it can be relied on.
import { z } from "zod";

export const paperStatus = z.enum(["printed", "single note", "inference", "disputed"]).meta({
  description: "single note: one account gives it; inference: our arithmetic on published numbers; disputed: the sources give two values",
});
export type PaperStatus = z.infer<typeof paperStatus>;

export const paperValue = z.object({
  key: z.string().meta({ description: "Stable name with dots, such as start.strong.after.aime25" }),
  value: z.number(),
  unit: z.string().meta({ description: "points: percent of problems solved" }),
  what: z.string(),
  paper: z.enum(["1.0", "1.1"]).meta({ description: "AceReason-Nemotron 1.0 (arXiv 2505.16400) or 1.1 (arXiv 2506.13284)" }),
  source: z.string().meta({ description: "Table, figure or study of the paper" }),
  status: paperStatus,
  other: z
    .object({ value: z.number(), source: z.string() })
    .optional()
    .meta({ description: "The value given elsewhere; for an inference, what it would be with the other disputed value" }),
  note: z.string().optional().meta({ description: "What must not be read into it" }),
});
export type PaperValue = z.infer<typeof paperValue>;
