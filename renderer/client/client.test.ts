import { createTRPCClient, TRPCClientError } from "@trpc/client";
import { describe, expect, test } from "vitest";
import type { HeadstartBridge, IpcReply, IpcRequest } from "../../main/contract/ipc.ts";
import type { AppRouter } from "../../main/host/router/index.ts";
import { recordOfFailure } from "./error-record.ts";
import { ipcLink } from "./ipc-link.ts";
import { link, parseHash, withQuery } from "./location.ts";
import { appendMetrics } from "./metric-columns.ts";
import { readSelection, type Selection, writeSelection } from "./selection.ts";

describe("links", () => {
  test("path and query are both behind the hash", () => {
    expect(parseHash("#/runs/a?stage=b&x=1")).toEqual({ path: "/runs/a", query: "stage=b&x=1" });
    expect(parseHash("")).toEqual({ path: "/", query: "" });
    expect(parseHash("#runs")).toEqual({ path: "/runs", query: "" });
  });
  test("entries are set, replaced in place and removed", () => {
    expect(withQuery("a=1&b=2", { a: "3" })).toBe("a=3&b=2");
    expect(withQuery("a=1&b=2", { a: null })).toBe("b=2");
    expect(withQuery("a=1", { q: "x y&z" })).toBe("a=1&q=x+y%26z");
    expect(link("/runs/a", { stage: null })).toBe("/runs/a");
  });
  test("every selection survives the URL, whatever its ids hold", () => {
    const selections: Selection[] = [
      { kind: "study", studyId: "a/b" },
      { kind: "stage", studyId: "s", stageId: "t" },
      { kind: "rollouts", stageId: "x?y", step: 40 },
      { kind: "rollout", stageId: "x", step: 0, problemId: "gsm8k-train-17", sampleIndex: 7 },
      { kind: "samples", evaluationId: "e" },
      { kind: "problem-samples", evaluationId: "e", problemId: "p%q", sampleIndex: 0 },
      { kind: "change", before: "e", after: "f", problemId: "p" },
      { kind: "problem", datasetId: "d", problemId: "p" },
      { kind: "row", datasetId: "d-v1", row: 1_048_576 },
      { kind: "checkpoint", checkpointId: "c" },
      { kind: "import-checkpoint" },
    ];
    for (const selection of selections) {
      const query = withQuery("", { inspect: writeSelection(selection) });
      expect(readSelection(new URLSearchParams(query).get("inspect"))).toEqual(selection);
    }
  });
  test("what is no selection opens nothing", () => {
    for (const text of [null, "", "rollout/a", "rollouts/a/b", "nothing/a", "study/%", "study/", "toString", "row/d/-1"])
      expect(readSelection(text)).toBeNull();
  });
});

describe("live metrics", () => {
  const columns = { steps: [1, 2], values: { reward: [0.1, 0.2], entropy: [0.5, null] } };
  test("a new step is appended, lacking metrics are null", () => {
    expect(appendMetrics(columns, 3, { reward: 0.3, truncated: 0 })).toEqual({
      steps: [1, 2, 3],
      values: { reward: [0.1, 0.2, 0.3], entropy: [0.5, null, null], truncated: [null, null, 0] },
    });
  });
  test("the same step is filled in, not doubled", () => {
    expect(appendMetrics(columns, 2, { entropy: 0.4 })).toEqual({ steps: [1, 2], values: { reward: [0.1, 0.2], entropy: [0.5, 0.4] } });
  });
  test("a resumed stage supersedes what came after its checkpoint", () => {
    const longer = appendMetrics(columns, 3, { reward: 0.3 });
    expect(appendMetrics(longer, 2, { reward: 0.25 })).toEqual({ steps: [1, 2], values: { reward: [0.1, 0.25], entropy: [0.5, null] } });
  });
  test("the columns given are not changed", () => {
    appendMetrics(columns, 3, { reward: 1 });
    expect(columns.steps).toEqual([1, 2]);
  });
});

describe("the link to Electron's main", () => {
  function bridge() {
    const sent: IpcRequest[] = [];
    let reply: (message: IpcReply) => void = () => {};
    const end: HeadstartBridge = {
      send: (message) => sent.push(message),
      onMessage: (callback) => {
        reply = callback;
        return () => {};
      },
    };
    return { client: createTRPCClient<AppRouter>({ links: [ipcLink(end)] }), sent, reply: (message: IpcReply) => reply(message) };
  }

  test("a query is one message, and its result answers it", async () => {
    const { client, sent, reply } = bridge();
    const answer = client.studies.list.query();
    await Promise.resolve();
    expect(sent).toEqual([{ id: 0, type: "query", path: "studies.list", input: undefined }]);
    reply({ id: 7, type: "result", data: "another call's" });
    reply({ id: 0, type: "result", data: [] });
    expect(await answer).toEqual([]);
  });

  test("an error carries its record", async () => {
    const { client, reply } = bridge();
    const answer = client.studies.get.query({ id: "x" });
    const record = { code: "no-study", where: "store", message: "There is no study x.", hint: "Choose one from the list." };
    reply({ id: 0, type: "error", error: { code: -32004, message: record.message, data: { code: "NOT_FOUND", httpStatus: 404, record } } });
    const failure = await answer.catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(TRPCClientError);
    expect(recordOfFailure(failure, "studies.get")).toEqual(record);
  });

  test("a subscription hears until it is stopped, and says so once", () => {
    const { client, sent, reply } = bridge();
    const heard: unknown[] = [];
    const subscription = client.live.events.subscribe(undefined, { onData: (event) => heard.push(event) });
    const event = { type: "study", studyId: "s", status: "done" };
    reply({ id: 0, type: "data", data: event });
    subscription.unsubscribe();
    reply({ id: 0, type: "data", data: event });
    expect(heard).toEqual([event]);
    expect(sent.map((m) => m.type)).toEqual(["subscription", "stop"]);
  });
});
