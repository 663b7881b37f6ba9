// Where a benchmark's problems are: the newest imported dataset of its name, else the file that is shipped.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Benchmark, HeadstartError, type ImportedDataset } from "../contract/index.ts";

export type BenchmarkPlace = { dataset: ImportedDataset } | { file: string; shippedAs: string };

/** `datasets`: all that are imported. Throws no-benchmark-file where there is neither. */
export function benchmarkPlace(
  { key, name, shipped }: Benchmark,
  datasets: readonly ImportedDataset[],
  resourcesFolder: string,
): BenchmarkPlace {
  const own = datasets.filter((dataset) => dataset.name === key);
  if (own.length > 0) return { dataset: own.reduce((newest, dataset) => (dataset.version > newest.version ? dataset : newest)) };
  const file = shipped === null ? null : join(resourcesFolder, shipped);
  if (shipped !== null && file !== null && existsSync(file)) return { file, shippedAs: shipped };
  throw new HeadstartError({
    code: "no-benchmark-file",
    where: `benchmark ${key}`,
    message: `The problems of ${name} are not shipped with Headstart.`,
    hint: `Import their file under the name ${key}: headstart data import FILE --name ${key}.`,
  });
}
