// The frame: rail, view, inspector at the right (its width is remembered), status bar; palette and keys over all.
import { lazy, Suspense } from "react";
import { Group, Panel, Separator, useDefaultLayout } from "react-resizable-panels";
import { Redirect, Route, Switch, useLocation } from "wouter";
import { setQuery, useQueryEntry } from "../client/location.ts";
import { readSelection, selectionKey } from "../client/selection.ts";
import { ErrorBoundary } from "./error-boundary.tsx";
import { Inspector } from "./inspector.tsx";
import { useGlobalKeys } from "./keyboard.ts";
import { KeysHelp } from "./keys-help.tsx";
import { Loading } from "./late.tsx";
import { Palette } from "./palette.tsx";
import { Rail } from "./rail.tsx";
import { StatusBar } from "./status-bar.tsx";

/** A view's script is loaded when it is first opened. */
function view<Props extends object>(load: () => Promise<React.ComponentType<Props>>) {
  return lazy(async () => ({ default: await load() }));
}

const HomeView = view(() => import("../views/home/home-view.tsx").then((m) => m.HomeView));
const DatasetsView = view(() => import("../views/datasets/datasets-view.tsx").then((m) => m.DatasetsView));
const ImportDatasetView = view(() => import("../views/datasets/import-view.tsx").then((m) => m.ImportDatasetView));
const PipelineView = view(() => import("../views/datasets/pipeline-view.tsx").then((m) => m.PipelineView));
const LadderView = view(() => import("../views/datasets/ladder-view.tsx").then((m) => m.LadderView));
const PipelineReportView = view(() => import("../views/datasets/pipeline-report-view.tsx").then((m) => m.PipelineReportView));
const CheckpointsView = view(() => import("../views/checkpoints/checkpoints-view.tsx").then((m) => m.CheckpointsView));
const SamplingView = view(() => import("../views/checkpoints/sampling-view.tsx").then((m) => m.SamplingView));
const EvaluationsView = view(() => import("../views/evaluations/evaluations-view.tsx").then((m) => m.EvaluationsView));
const EvaluateView = view(() => import("../views/evaluations/evaluate-view.tsx").then((m) => m.EvaluateView));
const EvaluationView = view(() => import("../views/evaluations/evaluation-view.tsx").then((m) => m.EvaluationView));
const PairView = view(() => import("../views/evaluations/pair-view.tsx").then((m) => m.PairView));
const ConfigureView = view(() => import("../views/configure/configure-view.tsx").then((m) => m.ConfigureView));
const RunsView = view(() => import("../views/runs/runs-view.tsx").then((m) => m.RunsView));
const CompareView = view(() => import("../views/compare/compare-view.tsx").then((m) => m.CompareView));
const InspectView = view(() => import("../views/inspect/inspect-view.tsx").then((m) => m.InspectView));
const SettingsView = view(() => import("../views/settings/settings-view.tsx").then((m) => m.SettingsView));

export function Shell() {
  const [selected] = useQueryEntry(selectionKey);
  const selection = readSelection(selected);
  const [location] = useLocation();
  const close = () => setQuery({ [selectionKey]: null });
  useGlobalKeys(close);
  const panelIds = selection === null ? ["view"] : ["view", "inspector"];
  const layout = useDefaultLayout({ id: "headstart-shell", panelIds, storage: window.localStorage });
  return (
    <div className="shell">
      <Rail />
      <div className="main">
        <Group
          orientation="horizontal"
          defaultLayout={layout.defaultLayout}
          onLayoutChanged={layout.onLayoutChanged}
          style={{ height: "100%" }}
        >
          <Panel id="view" minSize={420}>
            <main style={{ height: "100%" }}>
              <ErrorBoundary key={location} where={`view ${location}`}>
                <Suspense fallback={<Loading what="the view" />}>
                  <Switch>
                    <Route path="/" component={HomeView} />
                    <Route path="/datasets/import" component={ImportDatasetView} />
                    <Route path="/datasets/pipeline" component={PipelineView} />
                    <Route path="/datasets/ladder" component={LadderView} />
                    <Route path="/datasets/:id/report">{(params) => <PipelineReportView datasetId={params.id} />}</Route>
                    <Route path="/datasets/:id?">{(params) => <DatasetsView datasetId={params.id ?? null} />}</Route>
                    <Route path="/checkpoints" component={CheckpointsView} />
                    <Route path="/checkpoints/:id/sample">{(params) => <SamplingView checkpointId={params.id} />}</Route>
                    <Route path="/evaluations" component={EvaluationsView} />
                    <Route path="/evaluations/new" component={EvaluateView} />
                    <Route path="/evaluations/:id">{(params) => <EvaluationView id={params.id} />}</Route>
                    <Route path="/evaluations/:before/beside/:after">
                      {(params) => <PairView before={params.before} after={params.after} />}
                    </Route>
                    <Route path="/configure/:preset?">{(params) => <ConfigureView preset={params.preset ?? null} />}</Route>
                    <Route path="/runs/:id?">{(params) => <RunsView studyId={params.id ?? null} />}</Route>
                    <Route path="/compare/:id?">{(params) => <CompareView studyId={params.id ?? null} />}</Route>
                    <Route path="/inspect/:id?">{(params) => <InspectView studyId={params.id ?? null} />}</Route>
                    <Route path="/settings" component={SettingsView} />
                    <Route>
                      <Redirect to="/" replace />
                    </Route>
                  </Switch>
                </Suspense>
              </ErrorBoundary>
            </main>
          </Panel>
          {selection !== null && <Separator className="separator" aria-label="Width of the inspector" />}
          {selection !== null && (
            <Panel id="inspector" defaultSize={440} minSize={320} groupResizeBehavior="preserve-pixel-size">
              <ErrorBoundary key={selected} where="inspector">
                <Inspector selection={selection} onClose={close} />
              </ErrorBoundary>
            </Panel>
          )}
        </Group>
      </div>
      <StatusBar />
      <Palette />
      <KeysHelp />
    </div>
  );
}
