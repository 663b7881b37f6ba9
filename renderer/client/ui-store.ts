// What the window itself knows: the connection, live activity, theme and open overlays. Everything else is in the URL or in query caches.
import { create } from "zustand";

export type Theme = "light" | "dark" | "auto";

export interface Activity {
  studyId: string;
  stageId: string;
  activity: string;
  step: number;
  totalSteps: number;
  etaSeconds: number | null;
}

interface UiState {
  connected: boolean;
  /** Connections so far; more than one means that something may have been missed. */
  connections: number;
  /** Latest activity of each running study, by study. */
  activities: Record<string, Activity>;
  paletteOpen: boolean;
  keysOpen: boolean;
  /** Whether mathematics and code in texts are set, or shown as written. */
  textSet: boolean;
  setConnected: (connected: boolean) => void;
  setActivity: (activity: Activity) => void;
  clearActivity: (studyId: string) => void;
  openPalette: (open: boolean) => void;
  openKeys: (open: boolean) => void;
  setTextSet: (set: boolean) => void;
}

export const useUi = create<UiState>((set) => ({
  connected: false,
  connections: 0,
  activities: {},
  paletteOpen: false,
  keysOpen: false,
  textSet: false,
  setConnected: (connected) => set((state) => ({ connected, connections: state.connections + (connected ? 1 : 0) })),
  setActivity: (activity) => set((state) => ({ activities: { ...state.activities, [activity.studyId]: activity } })),
  clearActivity: (studyId) =>
    set((state) => {
      const { [studyId]: _ended, ...rest } = state.activities;
      return { activities: rest };
    }),
  openPalette: (paletteOpen) => set({ paletteOpen }),
  openKeys: (keysOpen) => set({ keysOpen }),
  setTextSet: (textSet) => set({ textSet }),
}));
