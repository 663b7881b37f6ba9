// The sentence with which a host refuses a data folder that another process holds: who holds it and where to find them.
import { HeadstartError, type SystemInfo } from "../contract/index.ts";
import { isHeldElsewhere } from "./host.ts";
import { connectToHolder } from "./local-socket.ts";

const words: Record<SystemInfo["host"], string> = {
  electron: "the Headstart app",
  server: "a Headstart server",
  cli: "a Headstart command",
};

/** The error to show in place of one that createHost threw; any other comes back as it is. */
export async function refusalByHolder(dataFolder: string, thrown: unknown): Promise<unknown> {
  if (!isHeldElsewhere(thrown)) return thrown;
  const holder = await connectToHolder(dataFolder);
  if (!holder) return thrown;
  try {
    const { host, pid, address } = await holder.client.system.info.query();
    return new HeadstartError({
      code: thrown.code,
      where: `data folder ${dataFolder}`,
      message: `It is in use by ${words[host]}, process ${pid}${address ? `, at ${address}` : ""}.`,
      hint: "Use that one, close it first, or set HEADSTART_DATA to another folder.",
    });
  } catch {
    return thrown;
  } finally {
    holder.close();
  }
}
