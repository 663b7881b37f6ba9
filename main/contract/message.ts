// One turn of a conversation, as chat templates take it.
import { z } from "zod";

export const message = z.object({
  role: z.enum(["system", "user", "assistant"]),
  content: z.string(),
});
export type Message = z.infer<typeof message>;
