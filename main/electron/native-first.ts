// Loads the native engine before anything else of the app: imported first by app.ts, for its effect (the reason is told in
// worker/preload-native.ts). A failure is kept, to be told once a dialog can be shown.
import { preloadNative } from "../worker/preload-native.ts";

function attempt(): Error | null {
  try {
    preloadNative();
    return null;
  } catch (thrown) {
    return thrown as Error;
  }
}

export const nativeFailure: Error | null = attempt();
