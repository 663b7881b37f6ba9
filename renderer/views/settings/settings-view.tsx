// Settings: theme, where data are kept, and what this machine can do.
import { Button, SegmentedControl, useMantineColorScheme } from "@mantine/core";
import type { ReactNode } from "react";
import { useState } from "react";
import type { DoctorReport } from "../../../main/contract/doctor.ts";
import { useDoctor, useInfo } from "../../client/queries.ts";
import type { Theme } from "../../client/ui-store.ts";
import { ErrorPanel } from "../../components/error-panel.tsx";
import { bytes, count, fixed } from "../../components/format.ts";

export function SettingsView() {
  const info = useInfo();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const [asked, setAsked] = useState(false);
  const doctor = useDoctor(asked);
  return (
    <div className="view" data-testid="settings">
      <header className="view-head">
        <h1>Settings</h1>
      </header>
      <section className="section" aria-labelledby="theme-title">
        <div className="section-head">
          <h2 id="theme-title">Theme</h2>
        </div>
        <SegmentedControl
          size="xs"
          aria-label="Theme"
          value={colorScheme}
          onChange={(value) => setColorScheme(value as Theme)}
          data={[
            { value: "light", label: "Light" },
            { value: "dark", label: "Dark" },
            { value: "auto", label: "As the system" },
          ]}
        />
      </section>
      <section className="section" aria-labelledby="data-title">
        <div className="section-head">
          <h2 id="data-title">Data folder</h2>
          <p>Studies, rollouts and checkpoints. HEADSTART_DATA sets another one before the start.</p>
        </div>
        {info.error !== null && <ErrorPanel error={info.error} where="system.info" onRetry={() => void info.refetch()} />}
        <p className="mono">{info.data?.dataFolder}</p>
      </section>
      <section className="section" aria-labelledby="doctor-title">
        <div className="section-head">
          <h2 id="doctor-title">This machine</h2>
          <p>What Headstart runs on, with a short measurement of its speed.</p>
        </div>
        {doctor.data !== undefined && <Report report={doctor.data} />}
        {doctor.error !== null && <ErrorPanel error={doctor.error} where="system.doctor" />}
        <Button
          variant="default"
          mt={doctor.data === undefined ? 0 : 12}
          loading={doctor.isFetching}
          onClick={() => (asked ? void doctor.refetch() : setAsked(true))}
        >
          {doctor.data === undefined ? "Examine this machine" : "Measure again"}
        </Button>
      </section>
    </div>
  );
}

function Facts({ title, rows }: { title: string; rows: [string, ReactNode][] }) {
  return (
    <div>
      <h3>{title}</h3>
      <dl className="facts">
        {rows.map(([term, value]) => (
          <div key={term} style={{ display: "contents" }}>
            <dt>{term}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

const boundaries = { bubblewrap: "bubblewrap", "pyodide-window": "a sandboxed window with Pyodide" };

function Report({ report }: { report: DoctorReport }) {
  const { machine, runtime, engine, verifiers, store, headstart } = report;
  return (
    <div className="fates" data-testid="doctor">
      <Facts
        title="Engine"
        rows={[
          ["Backend", engine.backend],
          ["Speed", `${fixed(engine.matmulGflops, 0)} GFLOP/s (1024³ F32 matmul, measured now)`],
          ["GPU", engine.gpu ?? `none: ${engine.whyNoGpu ?? "not said"}`],
          ["Threads", engine.threads],
          ["TensorFlow", engine.tensorflow],
          ["tfjs", engine.tfjs],
          ["Fused kernels", engine.fusedKernels.length === 0 ? "none: composites run instead" : engine.fusedKernels.join(", ")],
        ]}
      />
      <Facts
        title="Machine"
        rows={[
          ["Processor", machine.cpu],
          ["Cores", machine.cores],
          ["Memory", bytes(machine.memoryBytes)],
          ["AVX", machine.avx.length === 0 ? "none" : machine.avx.join(", ")],
          ["System", `${machine.platform}${machine.glibc === null ? "" : `, glibc ${machine.glibc}`}`],
        ]}
      />
      <Facts
        title="Application"
        rows={[
          ["Headstart", headstart.version],
          ["Runs in", runtime.kind === "electron" ? `Electron ${runtime.electron} (Chromium ${runtime.chromium})` : "Node"],
          ["Node", runtime.node],
        ]}
      />
      <Facts
        title="Python programs"
        rows={[
          ["Run behind", verifiers.code.kind === "none" ? "nothing, so that none is run" : boundaries[verifiers.code.kind]],
          ["Detail", verifiers.code.detail],
        ]}
      />
      <Facts
        title="Store"
        rows={[
          ["Size", bytes(store.bytes)],
          ["Studies", count(store.studies)],
          ["Rollouts", count(store.rollouts)],
          ["SQLite", `${store.sqlite}, schema ${store.schemaVersion}`],
        ]}
      />
    </div>
  );
}
