// The version of this code, as runs record it.
import manifest from "../../package.json" with { type: "json" };

export const version: string = manifest.version;
