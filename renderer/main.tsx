// The app's entry: fonts, styles, the client of the application, and the one live subscription that feeds all caches.
import "@fontsource/ibm-plex-sans/latin-400.css";
import "@fontsource/ibm-plex-sans/latin-500.css";
import "@fontsource/ibm-plex-sans/latin-600.css";
import "@fontsource/ibm-plex-mono/latin-400.css";
import "@mantine/core/styles.css";
import "./styles/tokens.css";
import "./styles/app.css";
import "./styles/library.css";
import "./styles/configure.css";
import "./styles/pipeline.css";
import "./styles/ladder.css";
import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Router } from "wouter";
import { z } from "zod";
import { listen } from "./client/live.ts";
import { useHashPath, useHashQuery } from "./client/location.ts";
import { ClientContext } from "./client/queries.ts";
import { createClient } from "./client/trpc.ts";
import { useUi } from "./client/ui-store.ts";
import { Shell } from "./components/shell.tsx";
import { theme, variables } from "./components/theme.ts";

// zod would probe for `new Function`, which the content security policy refuses (and reports).
z.config({ jitless: true });

const queries = new QueryClient({
  defaultOptions: { queries: { refetchOnWindowFocus: false, retry: false, staleTime: 2000, gcTime: 30 * 60_000 } },
});

const client = createClient({
  onOpen: () => {
    const ui = useUi.getState();
    ui.setConnected(true);
    // What happened while the connection was away was not heard.
    if (ui.connections > 0) void queries.invalidateQueries();
  },
  onClose: () => useUi.getState().setConnected(false),
});
listen(client, queries);

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root.");
createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={theme} cssVariablesResolver={variables} defaultColorScheme="auto">
      <QueryClientProvider client={queries}>
        <ClientContext.Provider value={client}>
          <Router hook={useHashPath} searchHook={useHashQuery} hrefs={useHashPath.hrefs}>
            <Shell />
          </Router>
        </ClientContext.Provider>
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
