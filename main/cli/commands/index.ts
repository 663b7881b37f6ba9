// All commands. Each adds itself to the program and does nothing until it is asked for.
import type { Command } from "commander";
import { addAudit } from "./audit.ts";
import { addBench } from "./bench.ts";
import { addCheckpoints } from "./checkpoints.ts";
import { addData } from "./data.ts";
import { addDoctor } from "./doctor.ts";
import { addEval } from "./eval.ts";
import { addServe } from "./serve.ts";
import { addSft } from "./sft.ts";
import { addStudy } from "./study.ts";
import { addVerify } from "./verify.ts";

export const commands: ((program: Command) => void)[] = [
  addCheckpoints,
  addData,
  addEval,
  addSft,
  addStudy,
  addVerify,
  addDoctor,
  addBench,
  addAudit,
  addServe,
];
