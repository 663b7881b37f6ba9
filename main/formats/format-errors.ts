// The two ways in which a file from elsewhere fails.
import { HeadstartError } from "../contract/errors.ts";

/** A file that is not what its format says: damaged, cut short, or made to harm. */
export function brokenFile(code: string, where: string, message: string): HeadstartError {
  return new HeadstartError({ code, where, message, hint: "The file is damaged or cut short: restore it from where it came from." });
}

/** A sound file that asks for something Headstart does not do. */
export function unsupported(where: string, message: string, hint: string): HeadstartError {
  return new HeadstartError({ code: "unsupported-checkpoint", where, message, hint });
}
