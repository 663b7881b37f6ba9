// Mantine dressed in the app's tokens: ink for what acts, no hue but where it means something.
import {
  type CSSVariablesResolver,
  createTheme,
  defaultVariantColorsResolver,
  type MantineColorsTuple,
  type VariantColorsResolver,
} from "@mantine/core";

const ink: MantineColorsTuple = [
  "#f7f7f8",
  "#eff0f2",
  "#e0e2e7",
  "#b9bdc7",
  "#8b909c",
  "#5b606b",
  "#40444d",
  "#2f333b",
  "#23262d",
  "#16181c",
];

/** Mantine's greys of the dark scheme, as the tokens have them: 6 is a field's ground, 4 its border, 0 text. */
const dark: MantineColorsTuple = [
  "#e6e8ec",
  "#b4b9c3",
  "#9ba1ad",
  "#7d8491",
  "#4b515c",
  "#2c3037",
  "#1b1e23",
  "#16181c",
  "#111316",
  "#0c0d10",
];

/** What acts is drawn in ink on ground, whatever the scheme. */
const inkOnGround: VariantColorsResolver = (input) => {
  const resolved = defaultVariantColorsResolver(input);
  if (input.variant === "filled" && (input.color === undefined || input.color === "ink"))
    return { ...resolved, background: "var(--ink)", hover: "var(--ink-hover)", color: "var(--on-ink)" };
  if (input.variant === "subtle") return { ...resolved, color: "var(--text)", hover: "var(--bg-hover)" };
  return resolved;
};

export const theme = createTheme({
  fontFamily: '"IBM Plex Sans", sans-serif',
  fontFamilyMonospace: '"IBM Plex Mono", monospace',
  fontSizes: { xs: "12px", sm: "13px", md: "13px", lg: "15px", xl: "18px" },
  lineHeights: { xs: "16px", sm: "20px", md: "20px", lg: "22px", xl: "26px" },
  colors: { ink, dark },
  variantColorResolver: inkOnGround,
  primaryColor: "ink",
  primaryShade: { light: 8, dark: 1 },
  autoContrast: true,
  defaultRadius: 4,
  cursorType: "pointer",
  focusRing: "auto",
  components: {
    // Overlays stand in a landmark of their own (index.html).
    Portal: { defaultProps: { target: "#overlays" } },
    Button: { defaultProps: { size: "xs" } },
    TextInput: { defaultProps: { size: "xs" } },
    NumberInput: { defaultProps: { size: "xs" } },
    Select: { defaultProps: { size: "xs" } },
    MultiSelect: { defaultProps: { size: "xs" } },
    Switch: { defaultProps: { size: "xs" } },
    Tabs: { defaultProps: { variant: "default" } },
    Tooltip: { defaultProps: { openDelay: 250, transitionProps: { duration: 0 }, withArrow: false } },
    Menu: { defaultProps: { transitionProps: { duration: 0 }, shadow: "sm" } },
    Popover: { defaultProps: { transitionProps: { duration: 0 }, shadow: "sm" } },
    Modal: { defaultProps: { transitionProps: { duration: 0 } } },
  },
});

export const variables: CSSVariablesResolver = () => {
  const shared = {
    "--mantine-color-body": "var(--bg)",
    "--mantine-color-text": "var(--text)",
    "--mantine-color-dimmed": "var(--text-dim)",
    "--mantine-color-default": "var(--bg)",
    "--mantine-color-default-hover": "var(--bg-hover)",
    "--mantine-color-default-color": "var(--text)",
    "--mantine-color-default-border": "var(--line-strong)",
    "--mantine-color-placeholder": "var(--text-dim)",
    "--mantine-color-error": "var(--bad)",
    "--mantine-color-anchor": "var(--text)",
  };
  return { variables: {}, light: shared, dark: shared };
};
