// The study that a person means by an id or its first letters.
import { HeadstartError, type StudySummary } from "../../contract/index.ts";
import type { Application } from "../application.ts";

/** `command`: the one that was called. */
export async function findStudy({ client }: Application, text: string, command: string): Promise<StudySummary> {
  const studies = await client.studies.list.query();
  const exact = studies.find(({ id }) => id === text);
  const matches = exact ? [exact] : studies.filter(({ id }) => id.startsWith(text));
  if (matches.length === 1) return matches[0];
  throw new HeadstartError({
    code: "unknown-study",
    where: command,
    message: matches.length === 0 ? `No study's id begins with ${text}.` : `${matches.length} studies' ids begin with ${text}.`,
    hint: matches.length === 0 ? "See headstart study list." : `Write more of it: ${matches.map(({ id }) => id).join(", ")}.`,
  });
}
