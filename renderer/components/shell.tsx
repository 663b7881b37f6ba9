// The frame: rail, view, inspector at the right (its width is remembered), status bar; palette and keys over all.
import { Group, Panel, Separator, useDefaultLayout } from "react-resizable-panels";
import { Redirect, Route, Switch, useLocation } from "wouter";
import { setQuery, useQueryEntry } from "../client/location.ts";
import { readSelection, selectionKey } from "../client/selection.ts";
import { CompareView } from "../views/compare/compare-view.tsx";
import { ConfigureView } from "../views/configure/configure-view.tsx";
import { DatasetsView } from "../views/datasets/datasets-view.tsx";
import { HomeView } from "../views/home/home-view.tsx";
import { InspectView } from "../views/inspect/inspect-view.tsx";
import { RunsView } from "../views/runs/runs-view.tsx";
import { SettingsView } from "../views/settings/settings-view.tsx";
import { ErrorBoundary } from "./error-boundary.tsx";
import { Inspector } from "./inspector.tsx";
import { useGlobalKeys } from "./keyboard.ts";
import { KeysHelp } from "./keys-help.tsx";
import { Palette } from "./palette.tsx";
import { Rail } from "./rail.tsx";
import { StatusBar } from "./status-bar.tsx";

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
                <Switch>
                  <Route path="/" component={HomeView} />
                  <Route path="/datasets/:id?">{(params) => <DatasetsView datasetId={params.id ?? null} />}</Route>
                  <Route path="/configure/:preset?">{(params) => <ConfigureView preset={params.preset ?? null} />}</Route>
                  <Route path="/runs/:id?">{(params) => <RunsView studyId={params.id ?? null} />}</Route>
                  <Route path="/compare/:id?">{(params) => <CompareView studyId={params.id ?? null} />}</Route>
                  <Route path="/inspect/:id?">{(params) => <InspectView studyId={params.id ?? null} />}</Route>
                  <Route path="/settings" component={SettingsView} />
                  <Route>
                    <Redirect to="/" replace />
                  </Route>
                </Switch>
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
